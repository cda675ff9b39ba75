package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.maven.Goal;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.index.RepositoryPublisher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the packages that were built as a repository: a folder that any web server may serve,
 * and any Alpine machine use with {@code apk add --repository}. What the folder has already stays,
 * so that it may gather versions and architectures.
 */
@Mojo(name = "repository", threadSafe = true)
public final class RepositoryMojo extends Goal {

  /**
   * The packages: a folder that holds a folder for each architecture. ({@code packages} is a list
   * of names in the other goals of this plugin, which share its configuration.)
   */
  @Parameter(
      property = "prosodyoci.packages.folder",
      defaultValue = "${project.build.directory}/packages",
      required = true)
  private File folder;

  /** The folder to publish to. */
  @Parameter(
      property = "prosodyoci.packages.repositoryFolder",
      defaultValue = "${project.build.directory}/repository",
      required = true)
  private File repository;

  /**
   * The private key (PEM) that the packages were signed with, which signs the index too. By default
   * the one that {@code prosody-compile:packages} made in the cache folder.
   */
  @Parameter(property = "prosodyoci.signingKey")
  private @Nullable File signingKey;

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  private File cache;

  /** What the repository is, one line of at most 160 bytes. */
  @Parameter(
      property = "prosodyoci.packages.description",
      defaultValue = "${project.name} ${project.version}")
  private String description;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.packages.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public RepositoryMojo() {
    super("prosodyoci.packages.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    Path key =
        signingKey == null ? cache.toPath().resolve("keys/prosody-oci.rsa") : signingKey.toPath();
    if (!Files.isRegularFile(key)) {
      throw Failure.of(CommonCode.CONFIGURATION, "sign", "the repository", "there is no key " + key)
          .advising("Name the one that signed the packages with -Dprosodyoci.signingKey=<file>.")
          .toException();
    }
    Signer signer = Signer.read(key, key.getFileName() + ".pub");
    new RepositoryPublisher(repository.toPath(), signer)
        .publish(folder.toPath(), description)
        .forEach(
            (architecture, published) ->
                getLog()
                    .info(
                        "Published "
                            + published.added()
                            + " new packages for "
                            + architecture
                            + " in "
                            + repository
                            + ", which lists "
                            + published.listed()));
  }
}
