package io.github.prosodyoci.image.compare;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.image.compare.Difference.Cause;
import io.github.prosodyoci.image.compare.Difference.Kind;
import io.github.prosodyoci.image.compare.LayerContent.Entry;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.transfer.ImageSource;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares two layers, entry by entry. */
final class LayerComparison {

  /** Into so many files it looks; of the others it says that they differ. */
  private static final int MAX_FILES = 50;

  /** Files beyond this size are not looked into. */
  private static final long MAX_SIZE = 32L << 20;

  private final String name;
  private final LayerContent first;
  private final LayerContent second;
  private final PackageOwners firstOwners;
  private final PackageOwners secondOwners;
  private final Set<String> onlyInOne;
  private final List<Difference> differences = new ArrayList<>();
  private final Set<String> changed = new LinkedHashSet<>();

  /** Whether a file was left out, as its package is in one image only. */
  private boolean packaged;

  /**
   * Creates a comparison.
   *
   * @param name what the layer is called
   * @param onlyInOne the packages that only one image has, whose files need no mention
   */
  LayerComparison(
      String name,
      LayerContent first,
      LayerContent second,
      PackageOwners firstOwners,
      PackageOwners secondOwners,
      Set<String> onlyInOne) {
    this.name = name;
    this.first = first;
    this.second = second;
    this.firstOwners = firstOwners;
    this.secondOwners = secondOwners;
    this.onlyInOne = onlyInOne;
  }

  /** A layer, and where it is read from. */
  record Stored(ImageSource source, Descriptor layer) {}

  /**
   * Returns in what the layers differ, by path.
   *
   * @param firstStored where to look into the files of the first layer
   * @param secondStored where to look into those of the second
   * @throws IOException if a layer cannot be read
   */
  List<Difference> run(Stored firstStored, Stored secondStored) throws IOException {
    if (first.tar().equals(second.tar())) {
      return List.of(
          whole(
              Kind.COMPRESSION,
              firstStored.layer().size() + " bytes",
              secondStored.layer().size() + " bytes",
              Cause.COMPRESSOR));
    }
    Set<String> paths = new TreeSet<>(first.entries().keySet());
    paths.addAll(second.entries().keySet());
    paths.forEach(this::compare);
    order();
    if (differences.isEmpty() && changed.isEmpty() && !packaged) {
      return List.of(
          whole(
              Kind.ENCODING,
              String.valueOf(first.tar()),
              String.valueOf(second.tar()),
              Cause.COMPRESSOR));
    }
    look(firstStored, secondStored);
    return differences;
  }

  private Difference whole(Kind kind, String one, String other, Cause cause) {
    return new Difference(kind, name, "", "", one, other, List.of(), cause);
  }

  private void compare(String path) {
    Entry one = first.entries().get(path);
    Entry other = second.entries().get(path);
    if (one == null || other == null) {
      if (onlyInOne.contains(owner(path))) {
        packaged = true;
      } else {
        add(Kind.FILE, path, describe(one), describe(other), null);
      }
      return;
    }
    TarEntry a = one.header();
    TarEntry b = other.header();
    if (a.type() != b.type()) {
      add(Kind.TYPE, path, describe(one), describe(other), null);
      return;
    }
    if (!one.content().equals(other.content())) {
      changed.add(path);
    }
    compare(Kind.LINK, path, a.link(), b.link(), null);
    compare(
        Kind.MODE,
        path,
        Integer.toOctalString(a.mode()),
        Integer.toOctalString(b.mode()),
        Cause.UMASK);
    compare(Kind.OWNER, path, ownership(a), ownership(b), Cause.USER);
    compare(
        Kind.TIME,
        path,
        Instant.ofEpochSecond(a.mtime()).toString(),
        Instant.ofEpochSecond(b.mtime()).toString(),
        Cause.TIME);
    compare(
        Kind.ATTRIBUTES,
        path,
        String.valueOf(a.paxHeaders()),
        String.valueOf(b.paxHeaders()),
        null);
  }

  private void compare(Kind kind, String path, String one, String other, @Nullable Cause cause) {
    if (!one.equals(other)) {
      add(kind, path, one, other, cause);
    }
  }

  private void add(Kind kind, String path, String one, String other, @Nullable Cause cause) {
    differences.add(new Difference(kind, name, owner(path), path, one, other, List.of(), cause));
  }

  private String owner(String path) {
    String owner = firstOwners.of(path);
    return owner.isEmpty() ? secondOwners.of(path) : owner;
  }

  private static String ownership(TarEntry entry) {
    String names =
        entry.userName().isEmpty() && entry.groupName().isEmpty()
            ? ""
            : " (" + entry.userName() + ":" + entry.groupName() + ")";
    return entry.uid() + ":" + entry.gid() + names;
  }

  private static String describe(@Nullable Entry entry) {
    if (entry == null) {
      return "";
    }
    TarEntry header = entry.header();
    String type = header.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return header.type() == TarEntry.Type.FILE
        ? header.size() + " bytes, " + entry.content()
        : type + (header.link().isEmpty() ? "" : " to " + header.link());
  }

  /** Compares the order of the entries that both have. */
  private void order() {
    List<String> one = new ArrayList<>(first.entries().keySet());
    one.retainAll(second.entries().keySet());
    List<String> other = new ArrayList<>(second.entries().keySet());
    other.retainAll(first.entries().keySet());
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).equals(other.get(i))) {
        differences.add(
            whole(
                Kind.ORDER,
                "entry " + (i + 1) + " is /" + one.get(i),
                "it is /" + other.get(i),
                Cause.ORDER));
        return;
      }
    }
  }

  private void look(Stored firstStored, Stored secondStored) throws IOException {
    Set<String> some = new LinkedHashSet<>(changed.stream().limit(MAX_FILES).toList());
    Map<String, byte[]> one =
        LayerContent.contents(firstStored.source(), firstStored.layer(), some, MAX_SIZE);
    Map<String, byte[]> other =
        LayerContent.contents(secondStored.source(), secondStored.layer(), some, MAX_SIZE);
    for (String path : changed) {
      byte[] a = one.get(path);
      byte[] b = other.get(path);
      ContentComparison inside =
          a == null || b == null ? ContentComparison.NONE : ContentComparison.of(a, b);
      differences.add(
          new Difference(
              Kind.CONTENT,
              name,
              owner(path),
              path,
              describe(first.entries().get(path)),
              describe(second.entries().get(path)),
              inside.lines(),
              inside.cause().orElse(null)));
    }
  }

  /** Returns the digest of a layer that only one image has, as a difference shows it. */
  static String describe(Descriptor layer) {
    Digest digest = layer.digest();
    return layer.size() + " bytes, " + digest;
  }
}
