package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.DockerCredentials;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImagePusher;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.PushRequest;
import io.github.prosodyoci.image.PushResult;
import io.github.prosodyoci.image.RegistryLogin;
import io.github.prosodyoci.image.VersionTags;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.maven.SettingsProxies;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Pushes the image that {@code image-assemble:archive} made to a registry, byte for byte: the
 * digest in the registry is the one in {@code image.json}.
 *
 * <p>The login is {@code prosodyoci.auth.username} and {@code .password}, or the server of {@code
 * settings.xml} whose id is the registry's host, or what {@code docker login} has stored.
 */
@Mojo(name = "push", defaultPhase = LifecyclePhase.DEPLOY, threadSafe = true)
public final class PushMojo extends AbstractMojo {

  private final MavenSession session;
  private final SettingsDecrypter decrypter;

  /** Skips this goal. */
  @Parameter(property = "prosodyoci.push.skip", defaultValue = "false")
  boolean skip;

  /**
   * Where to push: {@code registry/repository:tag}. Without it nothing is pushed. Without a tag,
   * the image gets those of its version: for {@code 13.0.1-r1} also {@code 13.0} and {@code 13}.
   */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /** Further tags of the same image, such as {@code stable,lts}. */
  @Parameter(property = "prosodyoci.tags")
  List<String> tags = List.of();

  /** The report of {@code image-assemble:archive}, which names the archive. */
  @Parameter(
      property = "prosodyoci.imageFile",
      defaultValue = "${project.build.directory}/image.json")
  File imageFile = new File("");

  /** The user of the registry. Better: {@code docker login}, or {@code settings.xml}. */
  @Parameter(property = "prosodyoci.auth.username")
  @Nullable String username;

  /** The password of the user. */
  @Parameter(property = "prosodyoci.auth.password")
  @Nullable String password;

  /**
   * A host outside of the registry's own domain that may be given the login to make a token of it.
   * Not needed for a token service on the registry's host or domain, as Docker Hub and GitLab have.
   */
  @Parameter(property = "prosodyoci.auth.tokenHost")
  @Nullable String tokenHost;

  /**
   * Lets image and login go out over plain HTTP or unverified TLS. A registry on this machine
   * ({@code localhost}, {@code 127.0.0.1}) needs no such leave.
   */
  @Parameter(property = "prosodyoci.allowInsecureRegistries", defaultValue = "false")
  boolean allowInsecureRegistries;

  @Parameter(defaultValue = "${plugin}", readonly = true)
  @Nullable PluginDescriptor plugin;

  /** Creates the goal. */
  @Inject
  public PushMojo(MavenSession session, SettingsDecrypter decrypter) {
    this.session = session;
    this.decrypter = decrypter;
  }

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Skipping image-assemble:push (prosodyoci.push.skip)");
      return;
    }
    if (image == null || image.isBlank()) {
      getLog().info("No image name given (-Dprosodyoci.image=registry/repo:tag): nothing pushed");
      return;
    }
    if (session.isOffline()) {
      throw new MojoFailureException(
          "Could not push " + image + ": Maven is offline. Leave out -o, or prosodyoci.image");
    }
    try {
      push(image);
    } catch (FailureException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not push " + image + ": " + e.getMessage(), e);
    }
  }

  private void push(String text) throws IOException {
    ImageName.parse(text);
    if (!Files.isRegularFile(imageFile.toPath())) {
      throw Failure.of(ImageCode.NO_ARCHIVE, "push", text, "there is no file " + imageFile)
          .toException();
    }
    ImageReport report = Json.read(imageFile.toPath(), ImageReport.class);
    String version =
        report.version() == null ? ImageName.parse(report.name()).tag() : report.version();
    ImageName name = ImageName.parse(text, VersionTags.tag(version));
    List<String> moreTags = new ArrayList<>(tags);
    if (!ImageName.isTagged(text)) {
      moreTags.addAll(VersionTags.moving(version));
    }
    Path archive = imageFile.toPath().resolveSibling(report.archive());
    if (allowInsecureRegistries) {
      getLog().warn("prosodyoci.allowInsecureRegistries: others may read and change what is sent");
    }
    ImagePusher pusher =
        new ImagePusher(
            new DockerCredentials(System.getenv(), Path.of(System.getProperty("user.home"))),
            new RegistryConnector(
                new SettingsProxies(session.getRepositorySession()),
                "prosody-oci" + (plugin == null ? "" : "/" + plugin.getVersion())),
            getLog()::info,
            getLog()::debug);
    PushResult result =
        pusher.push(
            new PushRequest(
                archive,
                report.digest(),
                name,
                moreTags,
                login(name),
                tokenHost,
                allowInsecureRegistries));
    getLog().info(name.repositoryText() + "@" + result.digest());
  }

  private @Nullable RegistryLogin login(ImageName name) {
    if ((username == null) != (password == null)) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "log in",
              "to " + name.registry(),
              "only one of prosodyoci.auth.username and prosodyoci.auth.password is set")
          .expecting("both or none")
          .toException();
    }
    return username != null && password != null
        ? new RegistryLogin(username, password, "prosodyoci.auth.username")
        : new SettingsLogin(session.getSettings(), decrypter).find(name);
  }
}
