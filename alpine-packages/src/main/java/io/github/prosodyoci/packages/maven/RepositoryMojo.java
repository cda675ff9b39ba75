package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.index.RepositoryPublisher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the packages that were built as a repository: a folder that any web server may serve,
 * and any Alpine machine use with {@code apk add --repository}. What the folder has already stays,
 * so that it may gather versions and architectures.
 */
@Mojo(name = "repository", threadSafe = true)
public final class RepositoryMojo extends AbstractMojo {

  /** The packages: a folder that holds a folder for each architecture. */
  @Parameter(
      property = "prosodyoci.packages.packages",
      defaultValue = "${project.build.directory}/packages",
      required = true)
  File packages = new File("");

  /** The folder to publish to. */
  @Parameter(
      property = "prosodyoci.packages.repository",
      defaultValue = "${project.build.directory}/repository",
      required = true)
  File repository = new File("");

  /**
   * The private key (PEM) that the packages were signed with, which signs the index too. By default
   * the one that {@code prosody-compile:packages} made in the cache folder.
   */
  @Parameter(property = "prosodyoci.signingKey")
  @Nullable File signingKey;

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  File cache = new File("");

  /** What the repository is, one line of at most 160 bytes. */
  @Parameter(
      property = "prosodyoci.packages.description",
      defaultValue = "${project.name} ${project.version}")
  String description = "";

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.packages.skip", defaultValue = "false")
  boolean skip;

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Skipping alpine-packages:repository (prosodyoci.packages.skip)");
      return;
    }
    try {
      Path key =
          signingKey == null ? cache.toPath().resolve("keys/prosody-oci.rsa") : signingKey.toPath();
      if (!Files.isRegularFile(key)) {
        throw new PackagesException(
            Code.CONFIGURATION,
            "Could not sign the repository: there is no key "
                + key
                + ". Name the one that signed the packages with -Dprosodyoci.signingKey=<file>.");
      }
      Signer signer = Signer.read(key, key.getFileName() + ".pub");
      new RepositoryPublisher(repository.toPath(), signer)
          .publish(packages.toPath(), description)
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
    } catch (PackagesException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not publish packages: " + e.getMessage(), e);
    }
  }
}
