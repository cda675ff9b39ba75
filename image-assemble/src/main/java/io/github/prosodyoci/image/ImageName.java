package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;

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
   * @throws ImageException if the text is no image name, or pins a digest
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
   * @throws ImageException if the text is no image name, or pins a digest
   */
  public static ImageName parse(String text, String defaultTag) {
    ImageReference reference;
    try {
      reference = ImageReference.parse(text);
    } catch (InvalidImageReferenceException e) {
      throw new ImageException(
          "Could not use the image name \""
              + text
              + "\": not of the form registry/repository:tag, in lower case."
              + " Correct prosodyoci.image",
          e);
    }
    if (reference.isScratch() || reference.getDigest().isPresent()) {
      throw new ImageException(
          "Could not use the image name \""
              + text
              + "\": an image that is yet to be made has a tag and no digest."
              + " Write registry/repository:tag");
    }
    boolean tagged = isTagged(text);
    return new ImageName(
        tagged ? text : text + ":" + defaultTag,
        reference.getRegistry(),
        reference.getRepository(),
        tagged ? reference.getTag().orElse(defaultTag) : defaultTag);
  }

  /** Returns the name with its registry spelled out, as containerd writes it. */
  public String fullText() {
    String host = registry.equals(DOCKER_HUB) ? "docker.io" : registry;
    return host + "/" + repository + ":" + tag;
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
