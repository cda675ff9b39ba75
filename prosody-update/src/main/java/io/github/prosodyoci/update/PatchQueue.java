package io.github.prosodyoci.update;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import io.github.prosodyoci.verify.debian.DebianVersion;
import io.github.prosodyoci.verify.openpgp.Armor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Debian's packaging of a source package: its patches, and its changelog.
 *
 * @param patches as {@code debian/patches/series} names them, in order
 * @param changelog the text of {@code debian/changelog} (deb-changelog(5))
 * @param fixes the vulnerabilities that a patch names in its name or before its first change, by
 *     the patch
 */
public record PatchQueue(
    List<String> patches, String changelog, Map<String, SortedSet<String>> fixes) {

  /** A queue without patches. */
  public static final PatchQueue EMPTY = new PatchQueue(List.of(), "", Map.of());

  private static final int XZ_MEMORY_KIB = 64 << 10;
  private static final int MAXIMUM_ENTRIES = 20_000;
  private static final int MAXIMUM_TEXT = 4 << 20;
  private static final int MAXIMUM_HEADER = 64 << 10;
  private static final String PATCHES = "debian/patches/";
  private static final long MAXIMUM_UNPACKED = 256L << 20;
  private static final Pattern ENTRY =
      Pattern.compile("[a-z0-9][a-z0-9.+-]* \\(([^()\\s]{1,200})\\) .*");
  private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,7}");

  /** Copies list and map. */
  public PatchQueue {
    patches = List.copyOf(patches);
    fixes = Map.copyOf(fixes);
  }

  /**
   * Reads a {@code debian.tar.xz} whose digest was verified.
   *
   * @throws VerifyException with {@link Code#INDEX_CHAIN} if it is malformed or unpacks to too much
   */
  public static PatchQueue read(Path file) {
    List<String> patches = List.of();
    String changelog = "";
    Map<String, SortedSet<String>> fixes = new HashMap<>();
    try (InputStream in = Files.newInputStream(file);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                new XZInputStream(new BufferedInputStream(in), XZ_MEMORY_KIB))) {
      int entries = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++entries > MAXIMUM_ENTRIES || tar.getBytesRead() > MAXIMUM_UNPACKED) {
          throw new IOException("it unpacks to too much");
        }
        if (entry.getName().equals("debian/patches/series")) {
          patches = series(text(tar));
        } else if (entry.getName().equals("debian/changelog")) {
          changelog = text(tar);
        } else if (entry.isFile() && entry.getName().startsWith(PATCHES)) {
          String patch = entry.getName().substring(PATCHES.length());
          fixes.put(patch, fixes(patch + "\n" + header(tar)));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new VerifyException(
          Code.INDEX_CHAIN, file.toString(), "it cannot be unpacked: " + e.getMessage(), e);
    }
    return new PatchQueue(patches, changelog, fixes);
  }

  private static String header(InputStream in) throws IOException {
    String text = new String(in.readNBytes(MAXIMUM_HEADER), StandardCharsets.UTF_8);
    return text.split("(?m)^--- |^diff |^Index: ", 2)[0];
  }

  private static SortedSet<String> fixes(String text) {
    SortedSet<String> fixes = new TreeSet<>();
    CVE.matcher(text).results().forEach(found -> fixes.add(found.group()));
    return fixes;
  }

  private static String text(InputStream in) throws IOException {
    // A changelog's newest entries come first; those are what is asked for.
    return new String(in.readNBytes(MAXIMUM_TEXT), StandardCharsets.UTF_8);
  }

  private static List<String> series(String text) {
    List<String> patches = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String patch = line.replaceFirst("\\s*#.*", "").strip().replaceFirst("\\s.*", "");
      if (!patch.isEmpty()) {
        patches.add(Armor.shown(patch));
      }
    }
    return patches;
  }

  /** Returns the patches that another queue does not have, in order. */
  public List<String> without(PatchQueue older) {
    return patches.stream().filter(patch -> !older.patches.contains(patch)).toList();
  }

  /** Returns the vulnerabilities named in the entries of the changelog that follow a version. */
  public SortedSet<String> securityFixesSince(DebianVersion version) {
    SortedSet<String> fixes = new TreeSet<>();
    for (String line : changelog.lines().toList()) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.matches() && !isNewer(entry.group(1), version)) {
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
  public SortedSet<String> securityFixesBeyond(String upstream) {
    SortedSet<String> beyond = new TreeSet<>();
    patches.forEach(patch -> beyond.addAll(fixes.getOrDefault(patch, new TreeSet<>())));
    changelog
        .lines()
        .map(ENTRY::matcher)
        .filter(Matcher::matches)
        .map(entry -> entry.group(1))
        .filter(version -> isOf(version, upstream))
        .reduce((newer, older) -> older)
        .map(DebianVersion::parse)
        .ifPresent(first -> beyond.addAll(securityFixesSince(first)));
    return beyond;
  }

  private static boolean isOf(String text, String upstream) {
    try {
      return DebianVersion.parse(text).upstream().equals(upstream);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isNewer(String text, DebianVersion version) {
    try {
      return DebianVersion.parse(text).withoutEpoch().compareTo(version.withoutEpoch()) > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
