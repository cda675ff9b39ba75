package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.resolve.Selected;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** A package that is laid down: its folders, and the files that are its own. */
final class InstalledPackage {

  /**
   * A file or link.
   *
   * @param entry its header
   * @param checksum of its bytes or link target, {@code Q1…}; empty if the package states none
   */
  record OwnedFile(TarEntry entry, String checksum) {}

  private final Selected selected;
  private final Apk apk;
  private final int layer;
  private final Layout layout;
  private final SortedMap<String, TarEntry> folders = new TreeMap<>();
  private final SortedMap<String, OwnedFile> files = new TreeMap<>();

  InstalledPackage(Selected selected, Apk apk, int layer, Layout layout) {
    this.selected = selected;
    this.apk = apk;
    this.layer = layer;
    this.layout = layout;
  }

  Selected selected() {
    return selected;
  }

  Apk apk() {
    return apk;
  }

  /** Shows all its files where they are in the image ({@link Apk#visit}). */
  void visit(Apk.Visitor visitor) throws IOException {
    apk.visit(
        (entry, checksum, content) -> {
          if (!layout.leadsToItself(entry)) {
            visitor.visit(layout.place(entry), checksum, content);
          }
        });
  }

  PackageInfo info() {
    return apk.info();
  }

  /** Returns the place of its layer, 0 for the lowest. */
  int layer() {
    return layer;
  }

  /** Returns it as the database lists it: with the architecture that its repository is for. */
  IndexEntry entry() {
    PackageInfo shown = info().withArchitecture(selected.entry().info().architecture());
    return new IndexEntry(shown, apk.identity(), apk.size(), true);
  }

  /** Returns its folders, some of which it shares with other packages. */
  SortedMap<String, TarEntry> folders() {
    return folders;
  }

  /** Returns its files, without those that another package took over. */
  SortedMap<String, OwnedFile> files() {
    return files;
  }

  /** Returns whether it may overwrite another package's files. */
  boolean replaces(InstalledPackage other) {
    return info().replaces().stream()
        .anyMatch(
            dependency ->
                dependency.name().equals(other.info().name())
                    && dependency.accepts(other.info().version()) != dependency.conflict());
  }

  /** Returns whether it was built from the same recipe as another package. */
  boolean hasOriginOf(InstalledPackage other) {
    return !info().origin().isEmpty() && info().origin().equals(other.info().origin());
  }

  String name() {
    return info().name();
  }

  /** Returns what it replaces, as one line. */
  String replaced() {
    return Dependency.join(info().replaces());
  }
}
