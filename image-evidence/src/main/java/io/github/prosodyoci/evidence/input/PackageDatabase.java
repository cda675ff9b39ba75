package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code /lib/apk/db/installed}: blocks of lines that begin with a letter and a colon, with
 * an empty line after each package; {@code F:} begins a folder and {@code R:} is a file in it.
 */
final class PackageDatabase {

  /** Where it is in an image. */
  static final String PATH = "lib/apk/db/installed";

  private final Map<Character, String> fields = new HashMap<>();
  private final List<String> files = new ArrayList<>();
  private final List<InstalledPackage> packages = new ArrayList<>();
  private String folder = "";

  private PackageDatabase() {}

  /**
   * Returns the packages, in the order of the database.
   *
   * @throws FailureException with {@link EvidenceCode#DATABASE_DAMAGED} if it has another form
   */
  static List<InstalledPackage> parse(String text) {
    PackageDatabase database = new PackageDatabase();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      database.add(lines.get(i), i + 1);
    }
    database.finish(lines.size());
    return List.copyOf(database.packages);
  }

  private void add(String line, int number) {
    if (line.isEmpty()) {
      finish(number);
      return;
    }
    if (line.length() < 2 || line.charAt(1) != ':') {
      throw damaged("line " + number + " has no field");
    }
    String value = line.substring(2);
    switch (line.charAt(0)) {
      case 'F' -> folder = value.isEmpty() ? "" : value + "/";
      case 'R' -> files.add(folder + value);
      // Owners, modes and checksums: the layers say these.
      case 'M', 'a', 'Z' -> {}
      default -> fields.put(line.charAt(0), value);
    }
  }

  private void finish(int number) {
    if (fields.isEmpty()) {
      return;
    }
    if (!fields.containsKey('P') || !fields.containsKey('V')) {
      throw damaged("the package that ends at line " + number + " has no name or no version");
    }
    packages.add(
        new InstalledPackage(
            field('P'),
            field('V'),
            field('A'),
            field('T'),
            field('U'),
            field('L'),
            fields.getOrDefault('o', field('P')),
            words('D'),
            words('p'),
            files));
    fields.clear();
    files.clear();
    folder = "";
  }

  private String field(char key) {
    return fields.getOrDefault(key, "");
  }

  private List<String> words(char key) {
    String text = field(key).strip();
    return text.isEmpty() ? List.of() : List.of(text.split(" +"));
  }

  private static FailureException damaged(String found) {
    return Failure.of(EvidenceCode.DATABASE_DAMAGED, "read", "the image's /" + PATH, found)
        .toException();
  }
}
