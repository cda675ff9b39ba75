package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.ImageVerifier;
import io.github.prosodyoci.evidence.Rebuilds;
import io.github.prosodyoci.evidence.VerifyPolicy;
import io.github.prosodyoci.evidence.VerifyRequest;
import io.github.prosodyoci.evidence.VerifyResult;
import io.github.prosodyoci.evidence.store.RegistryStore;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.maven.RegistryGoal;
import io.github.prosodyoci.maven.Parameters;
import java.io.File;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an image in a registry, whoever built it: who signed it, where it comes from, that its
 * bill of materials is that of its layers, and what is stated on its vulnerabilities. Prints one
 * table, and fails if anything is refused. Needs no project.
 */
@Mojo(name = "verify", requiresProject = false, threadSafe = true)
public final class VerifyMojo extends RegistryGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.verifyImage.skip", defaultValue = "false")
  private boolean skip;

  /** The image, by its digest: {@code registry/repository@sha256:…}. */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /** The public keys that are trusted, as PEM files: keys, or certificates. */
  @Parameter(property = "prosodyoci.verifyImage.keys")
  List<File> keys = List.of();

  /** How many of the keys must have signed the image. */
  @Parameter(property = "prosodyoci.verifyImage.threshold", defaultValue = "1")
  int threshold = 1;

  /** The builder that the provenance must name; by default any. */
  @Parameter(property = "prosodyoci.verifyImage.builder")
  @Nullable String builder;

  /** The repository that the image must have been built from; by default any. */
  @Parameter(property = "prosodyoci.verifyImage.repository")
  @Nullable String repository;

  /** The commit that the image must have been built from; by default any. */
  @Parameter(property = "prosodyoci.verifyImage.commit")
  @Nullable String commit;

  /** Whether nothing may have been changed or added since that commit. */
  @Parameter(property = "prosodyoci.verifyImage.cleanTree", defaultValue = "false")
  boolean cleanTree;

  /** Whether a vulnerability that affects the image is a reason to refuse it. */
  @Parameter(property = "prosodyoci.verifyImage.refuseAffected", defaultValue = "false")
  boolean refuseAffected;

  /** Vulnerabilities that may affect the image all the same, such as {@code CVE-2026-54872}. */
  @Parameter(property = "prosodyoci.verifyImage.allowed")
  List<String> allowed = List.of();

  /**
   * The public keys, as PEM files, of those who are trusted to say that they have built the image
   * again, with the same result; they are trusted with nothing else.
   */
  @Parameter(property = "prosodyoci.verifyImage.rebuilderKeys")
  List<File> rebuilderKeys = List.of();

  /** How many of them must have built it. */
  @Parameter(property = "prosodyoci.verifyImage.rebuilds", defaultValue = "0")
  int rebuilds;

  /** Creates the goal. */
  @Inject
  public VerifyMojo(SettingsDecrypter decrypter) {
    super("prosodyoci.verifyImage.skip", decrypter);
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() {
    String text =
        Parameters.text(image)
            .orElseThrow(
                () -> unusable("prosodyoci.image", "it is not set", "the image to verify"));
    int at = text.indexOf('@');
    if (at < 0) {
      // What is under a tag now may be something else tomorrow.
      throw unusable(
          "prosodyoci.image=" + text, "it has no digest", "registry/repository@sha256:…");
    }
    ImageName name = ImageName.parse(text.substring(0, at));
    Digest digest = Parameters.parse("prosodyoci.image", text.substring(at + 1), Digest::parse);
    if (threshold < 1 || threshold > keys.size()) {
      throw unusable(
          "prosodyoci.verifyImage.threshold=" + threshold,
          "prosodyoci.verifyImage.keys has " + keys.size() + " keys",
          "at least one key, and a threshold between 1 and their number");
    }
    if (rebuilds < 0 || rebuilds > rebuilderKeys.size()) {
      throw unusable(
          "prosodyoci.verifyImage.rebuilds=" + rebuilds,
          "prosodyoci.verifyImage.rebuilderKeys has " + rebuilderKeys.size() + " keys",
          "a number from 0 to theirs");
    }
    VerifyRequest request =
        new VerifyRequest(
            digest,
            KeyFiles.trusted(keys),
            threshold,
            new VerifyPolicy(
                Parameters.text(builder),
                Parameters.text(repository),
                Parameters.text(commit),
                cleanTree,
                refuseAffected,
                new HashSet<>(allowed)),
            new Rebuilds(KeyFiles.trusted(rebuilderKeys), rebuilds),
            Instant.now());
    VerifyResult result =
        use(
            "pull",
            name,
            repository -> new ImageVerifier(new RegistryStore(repository)).verify(request));
    result.lines().forEach(getLog()::info);
    result.requireGood();
    getLog().info(name.repositoryText() + "@" + digest + " is accepted");
  }

  private static RuntimeException unusable(String thing, String found, String expected) {
    return Failure.of(CommonCode.CONFIGURATION, "use", thing, found)
        .expecting(expected)
        .toException();
  }
}
