package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackageCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Brings the files of a package to the order and wholeness that apk asks for. */
final class PackageFiles {

  private PackageFiles() {}

  /**
   * Returns the files sorted, with missing parent folders, and hard links after all else.
   *
   * @throws FailureException if a path is none or stands twice
   */
  static List<PackageFile> arrange(PackageInfo info, List<PackageFile> files) {
    Map<String, PackageFile> sorted = new TreeMap<>(EntryPath.ORDER);
    Map<String, PackageFile> hardLinks = new TreeMap<>(EntryPath.ORDER);
    for (PackageFile file : files) {
      TarEntry entry = file.entry();
      EntryPath.check(entry.path(), info.fileName());
      boolean hardLink = entry.type() == TarEntry.Type.HARDLINK;
      if (sorted.containsKey(entry.path())
          || hardLinks.containsKey(entry.path())
          || (hardLink ? hardLinks : sorted).put(entry.path(), file) != null) {
        throw Failure.of(
                PackageCode.APK_FORMAT,
                "write",
                info.fileName(),
                "two of its files are named " + entry.path())
            .advising("Let the recipe install one of them.")
            .toException();
      }
    }
    for (PackageFile file : files) {
      for (String parent = EntryPath.parent(file.entry().path());
          !parent.isEmpty();
          parent = EntryPath.parent(parent)) {
        sorted.putIfAbsent(
            parent, PackageFile.of(TarEntry.directory(parent, 0755, info.buildDate())));
      }
    }
    List<PackageFile> arranged = new ArrayList<>(sorted.values());
    arranged.addAll(hardLinks.values());
    return arranged;
  }
}
