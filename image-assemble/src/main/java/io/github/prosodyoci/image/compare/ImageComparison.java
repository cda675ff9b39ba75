package io.github.prosodyoci.image.compare;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.compare.Difference.Cause;
import io.github.prosodyoci.image.compare.Difference.Kind;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.References;
import io.github.prosodyoci.image.transfer.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Compares two images of one platform each. */
public final class ImageComparison {

  private final Side first;
  private final Side second;

  /** Creates a comparison of two images. */
  public ImageComparison(Side first, Side second) {
    this.first = first;
    this.second = second;
  }

  /**
   * An image of one platform, and where it is read from.
   *
   * @param source the place
   * @param manifest what points to its manifest
   */
  public record Side(ImageSource source, Descriptor manifest) {

    private byte[] json() throws IOException {
      return source.document(manifest);
    }

    private References references() throws IOException {
      if (manifest.leadsToIndex()) {
        throw damaged("it is an index").expecting("the image of one platform").toException();
      }
      try {
        return References.of("the manifest", manifest.mediaType(), json());
      } catch (IOException e) {
        throw damaged(Reasons.of(e)).toException(e);
      }
    }

    private byte[] config() throws IOException {
      Descriptor config = references().config().orElseThrow();
      try (InputStream in = source.open(config)) {
        return in.readAllBytes();
      }
    }

    private Failure damaged(String found) {
      return Failure.of(
          ImageCode.ARCHIVE_DAMAGED,
          "compare",
          "the image " + manifest.digest() + " in " + source.thing(),
          found);
    }
  }

  /**
   * Returns in what the images differ; nothing if they are identical, byte for byte.
   *
   * @throws FailureException with {@link ImageCode#ARCHIVE_DAMAGED} if one of them is an index, or
   *     is not what its digests say
   * @throws IOException if one of them cannot be read
   */
  public List<Difference> run() throws IOException {
    if (first.manifest().digest().equals(second.manifest().digest())) {
      return List.of();
    }
    List<Descriptor> ours = first.references().layers();
    List<Descriptor> theirs = second.references().layers();
    List<Difference> differences = new ArrayList<>();
    differences.addAll(DocumentComparison.of("manifest", first.json(), second.json()));
    differences.addAll(DocumentComparison.of("configuration", first.config(), second.config()));
    List<LayerContent> one = contents(first, ours);
    List<LayerContent> other = contents(second, theirs);
    PackageOwners owners = owners(one);
    PackageOwners otherOwners = owners(other);
    SortedSet<String> onlyInOne = new TreeSet<>(owners.packages());
    onlyInOne.addAll(otherOwners.packages());
    onlyInOne.removeIf(
        each -> owners.packages().contains(each) && otherOwners.packages().contains(each));
    for (String each : onlyInOne) {
      boolean inFirst = owners.packages().contains(each);
      differences.add(
          new Difference(
              Kind.PACKAGE,
              "packages",
              each,
              "",
              inFirst ? "installed" : "",
              inFirst ? "" : "installed",
              List.of(),
              Cause.PACKAGES));
    }
    for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
      String name = "layer " + (i + 1);
      if (i >= ours.size() || i >= theirs.size()) {
        differences.add(
            new Difference(
                Kind.LAYER,
                name,
                "",
                "",
                i < ours.size() ? LayerComparison.describe(ours.get(i)) : "",
                i < theirs.size() ? LayerComparison.describe(theirs.get(i)) : "",
                List.of(),
                null));
      } else if (!ours.get(i).digest().equals(theirs.get(i).digest())) {
        differences.addAll(
            new LayerComparison(name, one.get(i), other.get(i), owners, otherOwners, onlyInOne)
                .run(
                    new LayerComparison.Stored(first.source(), ours.get(i)),
                    new LayerComparison.Stored(second.source(), theirs.get(i))));
      }
    }
    if (differences.isEmpty()) {
      // The same fields, written in another way.
      differences.add(
          new Difference(
              Kind.ENCODING,
              "manifest",
              "",
              "",
              String.valueOf(first.manifest().digest()),
              String.valueOf(second.manifest().digest()),
              List.of(),
              null));
    }
    return differences;
  }

  private static List<LayerContent> contents(Side side, List<Descriptor> layers)
      throws IOException {
    List<LayerContent> contents = new ArrayList<>();
    for (Descriptor layer : layers) {
      contents.add(LayerContent.read(side.source(), layer));
    }
    return contents;
  }

  /** The uppermost layer that has a list of packages decides. */
  private static PackageOwners owners(List<LayerContent> layers) {
    String database = "";
    for (LayerContent each : layers) {
      database = each.database().orElse(database);
    }
    return new PackageOwners(database);
  }
}
