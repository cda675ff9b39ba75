package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.AttachRequest;
import io.github.prosodyoci.evidence.AttachResult;
import io.github.prosodyoci.evidence.EvidenceAttacher;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.store.RegistryStore;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.maven.RegistryGoal;
import io.github.prosodyoci.maven.Parameters;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Signs the image that {@code image-assemble:push} has pushed, and attaches what is known of it:
 * SBOM, VEX, provenance, and the summary of who signed its sources. With several platforms, does so
 * for the image of each, and then for the index. Signature and statements are those of cosign;
 * nothing is sent to a transparency log.
 */
@Mojo(name = "attach", defaultPhase = LifecyclePhase.DEPLOY, threadSafe = true)
public final class AttachMojo extends RegistryGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.attach.skip", defaultValue = "false")
  private boolean skip;

  /** Where the image was pushed to: {@code registry/repository}. Without it nothing is done. */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /**
   * With one platform, the report that names the digest: of {@code image-assemble:archive}, or of
   * {@code image-assemble:index} if that was given its images.
   */
  @Parameter(
      property = "prosodyoci.image.reportFile",
      defaultValue = "${project.build.directory}/image.json",
      required = true)
  File reportFile;

  /** With several platforms, the report of {@code image-assemble:index}. */
  @Parameter(
      property = "prosodyoci.index.reportFile",
      defaultValue = "${project.build.directory}/index.json",
      required = true)
  File indexReportFile;

  /** The folder of the documents on the image. */
  @Parameter(
      property = "prosodyoci.evidence.folder",
      defaultValue = "${project.build.directory}/evidence",
      required = true)
  File folder;

  /**
   * The private key that signs, as a PEM file (PKCS #8, not encrypted): ECDSA on P-256, or Ed25519.
   * The environment variable {@code PROSODYOCI_SIGNING_KEY} may hold the key instead, or the URI of
   * one in a PKCS #11 token. Without either, nothing is done.
   */
  @Parameter(property = "prosodyoci.signing.key")
  @Nullable File signingKey;

  /** Creates the goal. */
  @Inject
  public AttachMojo(SettingsDecrypter decrypter) {
    super("prosodyoci.attach.skip", decrypter);
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    Optional<String> text = Parameters.text(image);
    if (text.isEmpty()) {
      getLog().info("No image name given (-Dprosodyoci.image=registry/repo): nothing attached");
      return;
    }
    Optional<SigningKey> key = KeyFiles.signing(signingKey, System.getenv());
    if (key.isEmpty()) {
      getLog()
          .info(
              "No signing key given (-Dprosodyoci.signing.key=<file> or "
                  + KeyFiles.VARIABLE
                  + "): nothing signed or attached");
      return;
    }
    ImageName name = ImageName.parse(text.get());
    for (Platform platform : platforms()) {
      attach(name, place(reportFile, platform), place(folder, platform), key.get());
    }
    if (hasSeveralPlatforms()) {
      attach(name, indexReportFile.toPath(), folder.toPath(), key.get());
    }
  }

  private void attach(ImageName name, Path report, Path documents, SigningKey key)
      throws IOException {
    Digest digest = new BuildReports(report, report, report, report).readDigest();
    AttachRequest request = new AttachRequest(name.repositoryText(), digest, documents, key);
    AttachResult result =
        use(
            "push",
            name,
            repository -> new EvidenceAttacher(new RegistryStore(repository)).attach(request));
    result
        .artifacts()
        .forEach((what, artifact) -> getLog().info("Attached " + what + " " + artifact));
    getLog()
        .info(
            "Signed "
                + name.repositoryText()
                + "@"
                + digest
                + " with "
                + key
                + "; for older programs under "
                + result.tag());
  }
}
