package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A package that is laid down: its folders, and the files that are its own. */
final class InstalledPackage implements Owner {

  /** Files of this prefix only keep folders in a recipe's archive; apk leaves them out. */
  private static final String KEEP = ".keep_";

  /**
   * A file or link.
   *
   * @param entry its header
   * @param checksum of its bytes or link target, {@code Q1…}; empty if the package states none
   */
  record OwnedFile(TarEntry entry, String checksum) {}

  /** A folder, and the files in it by their names, in the package's order. */
  static final class OwnedFolder {
    private final String path;
    private @Nullable TarEntry header;
    private final Map<String, OwnedFile> files = new LinkedHashMap<>();

    OwnedFolder(String path) {
      this.path = path;
    }

    /** Returns its path; empty for the root. */
    String path() {
      return path;
    }

    /** Returns its header; empty for the root. */
    Optional<TarEntry> header() {
      return Optional.ofNullable(header);
    }

    Map<String, OwnedFile> files() {
      return Collections.unmodifiableMap(files);
    }
  }

  private final Selected selected;
  private final Apk apk;
  private final int layer;
  private final Layout layout;
  private final String tag;
  private final Map<String, OwnedFolder> folders = new LinkedHashMap<>();

  /** Where its folders are that lie elsewhere, as a link of another package leads there. */
  private final Map<String, String> elsewhere = new HashMap<>();

  /**
   * Creates a package without files.
   *
   * @param layer the place of its layer, 0 for the lowest
   * @param tag its repository's tag; empty for an ordinary repository
   */
  InstalledPackage(Selected selected, Apk apk, int layer, Layout layout, String tag) {
    this.selected = selected;
    this.apk = apk;
    this.layer = layer;
    this.layout = layout;
    this.tag = tag;
  }

  Selected selected() {
    return selected;
  }

  Apk apk() {
    return apk;
  }

  /**
   * Shows all its files as the image's layout has them ({@link Apk#visit}).
   *
   * @throws io.github.prosodyoci.core.FailureException if one is a device ({@code device})
   */
  void visit(Apk.Visitor visitor) throws IOException {
    apk.visit(
        (entry, checksum, content) -> {
          boolean kept =
              entry.type() != TarEntry.Type.DIRECTORY
                  && EntryPath.name(entry.path()).startsWith(KEEP);
          refuseDevice(entry);
          if (!kept && !layout.leadsToItself(entry)) {
            visitor.visit(layout.place(entry), checksum, content);
          }
        });
  }

  private void refuseDevice(TarEntry entry) {
    if (entry.type() == TarEntry.Type.CHARACTER_DEVICE
        || entry.type() == TarEntry.Type.BLOCK_DEVICE) {
      throw Failure.of(
              RootfsCode.DEVICE,
              "install",
              info().nameVersion(),
              "/" + entry.path() + " in it is a device")
          .toException();
    }
  }

  /** Notes that one of its folders is at another place. */
  void leads(String folder, String place) {
    elsewhere.put(folder, place);
  }

  /** Returns an entry where it is, when all links to folders are followed. */
  TarEntry placed(TarEntry entry) {
    if (elsewhere.isEmpty()) {
      return entry;
    }
    String path = place(entry.path());
    return entry.withPath(
        path, entry.type() == TarEntry.Type.HARDLINK ? place(entry.link()) : entry.link());
  }

  private String place(String path) {
    for (String folder = path; !folder.isEmpty(); folder = EntryPath.parent(folder)) {
      String place = elsewhere.get(folder);
      if (place != null) {
        String rest = path.substring(folder.length());
        return place.isEmpty() && !rest.isEmpty() ? rest.substring(1) : place + rest;
      }
    }
    return path;
  }

  @Override
  public PackageInfo info() {
    return apk.info();
  }

  @Override
  public int layer() {
    return layer;
  }

  /** Returns the tag of its repository; empty if it has none. */
  String tag() {
    return tag;
  }

  /** Returns it as the database lists it: with the architecture that its repository is for. */
  IndexEntry entry() {
    PackageInfo shown = info().withArchitecture(selected.entry().info().architecture());
    return new IndexEntry(shown, apk.identity(), apk.size(), true);
  }

  /**
   * Returns its folders, some of which it shares with other packages, with its files, but without
   * those that another package took over.
   */
  Collection<OwnedFolder> folders() {
    return Collections.unmodifiableCollection(folders.values());
  }

  void addFolder(TarEntry entry) {
    folder(entry.path()).header = entry;
  }

  void addFile(TarEntry entry, String checksum) {
    folder(EntryPath.parent(entry.path()))
        .files
        .put(EntryPath.name(entry.path()), new OwnedFile(entry, checksum));
  }

  @Override
  public void removeFile(String path) {
    folder(EntryPath.parent(path)).files.remove(EntryPath.name(path));
  }

  /** Returns the checksum of one of its own files, which may be empty; empty if it is not its. */
  Optional<String> checksum(String path) {
    return Optional.ofNullable(folders.get(EntryPath.parent(path)))
        .map(folder -> folder.files.get(EntryPath.name(path)))
        .map(OwnedFile::checksum);
  }

  private OwnedFolder folder(String path) {
    return folders.computeIfAbsent(path, OwnedFolder::new);
  }

  String name() {
    return info().name();
  }

  /** Returns what it replaces, as one line. */
  String replaced() {
    return Dependency.join(info().replaces());
  }
}
