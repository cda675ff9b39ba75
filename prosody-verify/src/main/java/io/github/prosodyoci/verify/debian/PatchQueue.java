package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import io.github.prosodyoci.verify.openpgp.Armor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 */
public record PatchQueue(List<String> patches, String changelog) {

  private static final int XZ_MEMORY_KIB = 64 << 10;
  private static final int MAXIMUM_ENTRIES = 20_000;
  private static final int MAXIMUM_TEXT = 4 << 20;
  private static final long MAXIMUM_UNPACKED = 256L << 20;
  private static final Pattern ENTRY =
      Pattern.compile("[a-z0-9][a-z0-9.+-]* \\(([^()\\s]{1,200})\\) .*");
  private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,7}");

  /** Copies the list. */
  public PatchQueue {
    patches = List.copyOf(patches);
  }

  /**
   * Reads a {@code debian.tar.xz} whose digest was verified.
   *
   * @throws VerifyException with {@link Code#INDEX_CHAIN} if it is malformed or unpacks to too much
   */
  public static PatchQueue read(Path file) {
    List<String> patches = List.of();
    String changelog = "";
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
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new VerifyException(
          Code.INDEX_CHAIN, file.toString(), "it cannot be unpacked: " + e.getMessage(), e);
    }
    return new PatchQueue(patches, changelog);
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
      CVE.matcher(line).results().forEach(found -> fixes.add(found.group()));
    }
    return fixes;
  }

  private static boolean isNewer(String text, DebianVersion version) {
    try {
      return DebianVersion.parse(text).withoutEpoch().compareTo(version.withoutEpoch()) > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
