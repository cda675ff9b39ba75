package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.image.CopyRequest;
import io.github.prosodyoci.image.CopyResult;
import io.github.prosodyoci.image.ImageCopier;
import io.github.prosodyoci.image.ImageLocation;
import io.github.prosodyoci.image.RegistryAccess;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;

/**
 * Copies an image between registries, OCI layouts and archives, for mirrors and sites without a
 * network: all platforms, and all that names them as its subject, byte for byte. Each place is
 * {@code registry/repository:tag@sha256:…}, {@code oci:<folder>:tag} or {@code oci-archive:<file>}.
 */
@Mojo(name = "copy", requiresProject = false, threadSafe = true)
public final class CopyMojo extends RegistryGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.copy.skip", defaultValue = "false")
  private boolean skip;

  /** Where the image is. */
  @Parameter(property = "prosodyoci.copy.from", required = true)
  String from;

  /** Where it goes. */
  @Parameter(property = "prosodyoci.copy.to", required = true)
  String to;

  /** Creates the goal. */
  @Inject
  public CopyMojo(SettingsDecrypter decrypter) {
    super("prosodyoci.copy.skip", decrypter);
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() {
    ImageLocation source = ImageLocation.parse(from);
    ImageLocation target = ImageLocation.parse(to);
    boolean fromRegistry = source.kind() == ImageLocation.Kind.REGISTRY;
    boolean toRegistry = target.kind() == ImageLocation.Kind.REGISTRY;
    if (fromRegistry || toRegistry) {
      requireOnline("copy", source + " to " + target);
    }
    CopyResult copied =
        new ImageCopier(credentials(), connector(), getLog()::info, getLog()::debug)
            .copy(
                new CopyRequest(
                    source,
                    target,
                    // The login of the properties is for one registry alone.
                    fromRegistry ? access(source.name(), !toRegistry) : RegistryAccess.DEFAULT,
                    toRegistry ? access(target.name(), true) : RegistryAccess.DEFAULT));
    getLog()
        .info(
            "Copied "
                + copied.digest()
                + " to "
                + target
                + ": "
                + copied.manifests()
                + " manifests ("
                + copied.referrers()
                + " of them referrers), "
                + Summary.megabytes(copied.size()));
  }
}
