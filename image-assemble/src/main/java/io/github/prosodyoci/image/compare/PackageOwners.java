package io.github.prosodyoci.image.compare;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which package each file is of, as far as a list of installed packages says ({@code
 * /lib/apk/db/installed}: the lines {@code P:} and {@code V:} name a package, {@code F:} a folder,
 * and {@code R:} a file in it).
 */
final class PackageOwners {

  private final Map<String, String> owners = new HashMap<>();
  private final SortedSet<String> packages = new TreeSet<>();

  /** Reads a list. What cannot be understood is left out: a damaged list is a difference itself. */
  PackageOwners(String database) {
    String name = "";
    String owner = "";
    String folder = "";
    for (String line : (Iterable<String>) database.lines()::iterator) {
      String value = line.length() > 2 ? line.substring(2) : "";
      if (line.startsWith("P:")) {
        name = value;
        owner = value;
        folder = "";
      } else if (line.startsWith("V:")) {
        owner = name + "-" + value;
        packages.add(owner);
      } else if (line.startsWith("F:")) {
        folder = value.isEmpty() ? "" : value + "/";
        owners.put(value, owner);
      } else if (line.startsWith("R:")) {
        owners.put(folder + value, owner);
      }
    }
  }

  /** Returns the package of a file or folder; empty if none lists it. */
  String of(String path) {
    return owners.getOrDefault(path, "");
  }

  /** Returns all packages, with versions. */
  SortedSet<String> packages() {
    return packages;
  }
}
