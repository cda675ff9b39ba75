package io.github.prosodyoci.image;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an image is kept, as a user writes it: {@code registry/repository:tag@sha256:…}, {@code
 * oci:<folder>} or {@code oci-archive:<file>}; a layout and an archive may be followed by a tag and
 * a digest as well.
 *
 * @param kind what keeps it
 * @param place the repository with its registry, the folder, or the file
 * @param tag the tag, if one is named
 * @param digest the digest, if one is named
 */
public record ImageLocation(
    Kind kind, String place, @Nullable String tag, @Nullable Digest digest) {

  /** What keeps images. */
  public enum Kind {
    /** A registry. */
    REGISTRY(""),
    /** A folder with an OCI image layout. */
    LAYOUT("oci:"),
    /** A tar file of an OCI image layout. */
    ARCHIVE("oci-archive:");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  private static final Pattern TEXT =
      Pattern.compile("(?<place>.+?)(?::(?<tag>[A-Za-z0-9_.-]{1,128}))?(?:@(?<digest>.*))?");

  /**
   * Returns the location that a text names.
   *
   * @throws FailureException with {@code CONFIGURATION} if the text has another form
   */
  public static ImageLocation parse(String text) {
    Kind kind =
        text.startsWith(Kind.LAYOUT.prefix)
            ? Kind.LAYOUT
            : text.startsWith(Kind.ARCHIVE.prefix) ? Kind.ARCHIVE : Kind.REGISTRY;
    Matcher matcher = TEXT.matcher(text.substring(kind.prefix.length()));
    if (!matcher.matches()) {
      throw unusable(text, "it is empty", null);
    }
    String place = matcher.group("place");
    String tag = matcher.group("tag");
    if (kind == Kind.REGISTRY) {
      ImageName.parse(tag == null ? place : place + ":" + tag);
    }
    return new ImageLocation(kind, place, tag, digest(text, matcher.group("digest")));
  }

  private static @Nullable Digest digest(String text, @Nullable String digest) {
    try {
      return digest == null ? null : Digest.parse(digest);
    } catch (IllegalArgumentException e) {
      throw unusable(text, String.valueOf(e.getMessage()), e);
    }
  }

  private static FailureException unusable(String text, String reason, @Nullable Exception cause) {
    Failure failure =
        Failure.of(CommonCode.CONFIGURATION, "use", "the image \"" + text + "\"", reason)
            .expecting("registry/repository:tag@sha256:…, oci:<folder> or oci-archive:<file>");
    return cause == null ? failure.toException() : failure.toException(cause);
  }

  /** Returns the name in a registry; without a tag it is {@code latest}. */
  public ImageName name() {
    return ImageName.parse(tag == null ? place : place + ":" + tag);
  }

  /** Returns the folder or file. */
  public Path path() {
    return Path.of(place);
  }

  @Override
  public String toString() {
    return kind.prefix
        + place
        + (tag == null ? "" : ":" + tag)
        + (digest == null ? "" : "@" + digest);
  }
}
