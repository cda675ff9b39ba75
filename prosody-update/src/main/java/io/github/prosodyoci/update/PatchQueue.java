package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.verify.debian.DebianVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's packaging of a source package: its patches, and its changelog.
 *
 * @param patches as {@code debian/patches/series} names them, in order
 * @param changelog the text of {@code debian/changelog} (deb-changelog(5))
 * @param fixes the vulnerabilities that a patch names in its name or before its first change, by
 *     the patch
 */
record PatchQueue(List<String> patches, String changelog, Map<String, SortedSet<String>> fixes) {

  /** A queue without patches. */
  static final PatchQueue EMPTY = new PatchQueue(List.of(), "", Map.of());

  private static final String PATCHES = "patches/";
  private static final String SERIES = PATCHES + "series";
  private static final String CHANGELOG = "changelog";
  private static final long MAXIMUM_UNPACKED = 256L << 20;
  private static final Pattern ENTRY =
      Pattern.compile("[a-z0-9][a-z0-9.+-]* \\(([^()\\s]{1,200})\\) .*");
  private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,7}");

  /** Copies list and map. */
  PatchQueue {
    patches = List.copyOf(patches);
    fixes = Map.copyOf(fixes);
  }

  /**
   * Reads a {@code debian.tar.xz} whose digest was verified.
   *
   * @throws FailureException with {@link UpdateCode#UNREADABLE_ARCHIVE} if it is malformed or
   *     unpacks to too much
   * @throws IOException if the file cannot be read
   */
  static PatchQueue read(Path file) throws IOException {
    Map<String, String> texts =
        SourceArchive.read(
                file,
                "debian.tar.xz",
                path -> path.equals(CHANGELOG) || path.startsWith(PATCHES),
                MAXIMUM_UNPACKED)
            .texts();
    Map<String, SortedSet<String>> fixes = new HashMap<>();
    texts.forEach(
        (path, text) -> {
          if (path.startsWith(PATCHES) && !path.equals(SERIES)) {
            String patch = path.substring(PATCHES.length());
            String header = text.split("(?m)^--- |^diff |^Index: ", 2)[0];
            fixes.put(patch, fixes(patch + "\n" + header));
          }
        });
    return new PatchQueue(
        series(texts.getOrDefault(SERIES, "")), texts.getOrDefault(CHANGELOG, ""), fixes);
  }

  private static SortedSet<String> fixes(String text) {
    SortedSet<String> fixes = new TreeSet<>();
    CVE.matcher(text).results().forEach(found -> fixes.add(found.group()));
    return fixes;
  }

  private static List<String> series(String text) {
    List<String> patches = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String patch = line.replaceFirst("\\s*#.*", "").strip().replaceFirst("\\s.*", "");
      if (!patch.isEmpty()) {
        patches.add(Reasons.excerpt(patch));
      }
    }
    return patches;
  }

  /** Returns the patches that another queue does not have, in order. */
  List<String> without(PatchQueue older) {
    return patches.stream().filter(patch -> !older.patches.contains(patch)).toList();
  }

  /** Returns the vulnerabilities that the changelog's entries newer than a version name. */
  SortedSet<String> securityFixesSince(DebianVersion version) {
    SortedSet<String> fixes = new TreeSet<>();
    for (String line : changelog.lines().toList()) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.matches()
          && DebianVersion.find(entry.group(1))
              .filter(v -> v.withoutEpoch().compareTo(version.withoutEpoch()) > 0)
              .isEmpty()) {
        break;
      }
      fixes.addAll(fixes(line));
    }
    return fixes;
  }

  /**
   * Returns the vulnerabilities that Debian fixes beyond a release of upstream: those that a patch
   * of the series names, and those that the changelog names after the first packaging of that
   * release, whose own entry may name what upstream fixed.
   */
  SortedSet<String> securityFixesBeyond(String upstream) {
    SortedSet<String> beyond = new TreeSet<>();
    patches.forEach(patch -> beyond.addAll(fixes.getOrDefault(patch, new TreeSet<>())));
    changelog
        .lines()
        .map(ENTRY::matcher)
        .filter(Matcher::matches)
        .flatMap(entry -> DebianVersion.find(entry.group(1)).stream())
        .filter(version -> version.upstream().equals(upstream))
        .reduce((newer, older) -> older)
        .ifPresent(first -> beyond.addAll(securityFixesSince(first)));
    return beyond;
  }
}
