package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.image.transfer.Layouts;
import java.util.Map;
import java.util.Optional;

/**
 * The name of an image, {@code [registry/]repository[:tag]}, as Docker writes it.
 *
 * @param text the name with its tag
 * @param registry the host, and port if there is one, that serves it
 * @param repository the repository within the registry
 * @param tag the tag
 */
public record ImageName(String text, String registry, String repository, String tag) {

  private static final String DOCKER_HUB = "registry-1.docker.io";

  /**
   * Returns the name that a text holds; without a registry it is on Docker Hub, without a tag it is
   * {@code latest}.
   *
   * @throws FailureException with {@code CONFIGURATION} if the text is not an image name, or pins a
   *     digest
   */
  public static ImageName parse(String text) {
    return parse(text, "latest");
  }

  /** Returns whether a text names a tag, not a repository alone. */
  public static boolean isTagged(String text) {
    return text.indexOf(':', text.lastIndexOf('/') + 1) >= 0;
  }

  /**
   * Returns the name that a text holds; without a registry it is on Docker Hub.
   *
   * @param defaultTag the tag if the text has none
   * @throws FailureException with {@code CONFIGURATION} if the text is not an image name, or pins a
   *     digest
   */
  public static ImageName parse(String text, String defaultTag) {
    ImageReference reference;
    try {
      reference = ImageReference.parse(text);
      // What parsing lets pass, such as upper case in what is then taken for a registry.
      ImageReference.of(reference.getRegistry(), reference.getRepository(), null);
    } catch (InvalidImageReferenceException | IllegalArgumentException e) {
      throw unusable(text, "it has another form");
    }
    if (reference.isScratch() || reference.getDigest().isPresent()) {
      throw unusable(text, "an image that is yet to be made has a tag, not a digest");
    }
    boolean tagged = isTagged(text);
    return new ImageName(
        tagged ? text : text + ":" + defaultTag,
        reference.getRegistry(),
        reference.getRepository(),
        tagged ? reference.getTag().orElse(defaultTag) : defaultTag);
  }

  /** Returns the name of an image that exists; a digest at its end does not count here. */
  static Optional<ImageName> ofBase(String text) {
    int at = text.indexOf('@');
    try {
      return Optional.of(parse(at < 0 ? text : text.substring(0, at)));
    } catch (FailureException e) {
      return Optional.empty();
    }
  }

  private static FailureException unusable(String text, String reason) {
    return Failure.of(CommonCode.CONFIGURATION, "use", "the image name \"" + text + "\"", reason)
        .expecting("registry/repository:tag in lower case")
        .advising("Correct prosodyoci.image.")
        .toException();
  }

  /** Returns the name with its registry spelled out, as containerd writes it. */
  public String fullText() {
    String host = registry.equals(DOCKER_HUB) ? "docker.io" : registry;
    return host + "/" + repository + ":" + tag;
  }

  /** Returns the annotations by which engines name an image that they load. */
  Map<String, String> annotations() {
    return Map.of(Layouts.REF_NAME, text, Layouts.CONTAINERD_NAME, fullText());
  }

  /** Returns the name of another tag in the same repository. */
  ImageName withTag(String newTag) {
    return parse(text.substring(0, text.length() - tag.length()) + newTag);
  }

  /** Returns {@code registry/repository}. */
  public String repositoryText() {
    return registry + "/" + repository;
  }

  @Override
  public String toString() {
    return text;
  }
}
