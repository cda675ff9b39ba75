package io.github.prosodyoci.compile.source;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import io.github.prosodyoci.compile.CompileException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks source archives: {@code .tar}, {@code .tar.gz}, {@code .tgz}, {@code .tar.bz2}, {@code
 * .tar.xz}, {@code .tar.zst} without their leading folder, and {@code .deb} as it is. Keeps the
 * times of files, since make decides by them.
 */
public final class Unpacker {

  private final Path archive;
  private final String name;
  private final Path root;

  /** Folders known to lie below the root, until the next link is made. */
  private final Set<Path> checked = new HashSet<>();

  private Unpacker(Path archive, String name, Path root) {
    this.archive = archive;
    this.name = name;
    this.root = root;
  }

  /** Returns whether a file of this name is unpacked; others are left as they are. */
  public static boolean isArchive(String name) {
    return name.endsWith(".deb") || name.matches(".*\\.(tar|tgz|tar\\.(gz|bz2|xz|zst))");
  }

  /**
   * Unpacks an archive.
   *
   * @param archive the file
   * @param name its name, which tells its format
   * @param root the folder to unpack into, which must exist
   * @throws CompileException if an entry leads out of {@code root}, or the archive is damaged or
   *     has more than one leading folder
   * @throws IOException if a file cannot be written
   */
  public static void unpack(Path archive, String name, Path root) throws IOException {
    new Unpacker(archive, name, root.toRealPath()).run();
  }

  private void run() throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
      if (!name.endsWith(".deb")) {
        tar(decompressed(file, name), true);
        return;
      }
      ArArchiveInputStream ar = new ArArchiveInputStream(file);
      for (ArArchiveEntry entry = ar.getNextEntry(); entry != null; entry = ar.getNextEntry()) {
        if (entry.getName().startsWith("data.tar")) {
          tar(decompressed(ar, entry.getName()), false);
          return;
        }
      }
      throw damaged("it has no data.tar", null);
    }
  }

  private InputStream decompressed(InputStream in, String suffix) {
    InputStream guarded = new Guard(in);
    try {
      if (suffix.endsWith(".gz") || suffix.endsWith(".tgz")) {
        return new Guard(new GZIPInputStream(guarded, 1 << 16));
      } else if (suffix.endsWith(".bz2")) {
        return new Guard(new BZip2CompressorInputStream(guarded, true));
      } else if (suffix.endsWith(".xz")) {
        return new Guard(new XZInputStream(guarded));
      } else if (suffix.endsWith(".zst")) {
        return new Guard(new ZstdInputStream(guarded));
      } else if (suffix.endsWith(".tar")) {
        return guarded;
      }
    } catch (IOException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
    throw damaged("it has an unknown compression, " + suffix, null);
  }

  /** Tells a failure to read the archive from one to write a file. */
  private final class Guard extends FilterInputStream {
    Guard(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException | MalformedInputException e) {
        throw damaged(String.valueOf(e.getMessage()), e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException | MalformedInputException e) {
        throw damaged(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private CompileException damaged(String reason, @Nullable Exception e) {
    return new CompileException("Could not unpack " + name + ": " + reason + ".", e);
  }

  private record Times(Path folder, FileTime time) {}

  private void tar(InputStream in, boolean strip) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8");
    List<Times> folders = new ArrayList<>();
    String leading = "";
    for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
      String path = normalized(entry.getName());
      if (path.isEmpty()) {
        continue;
      }
      if (strip) {
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        if ((slash < 0 && !entry.isDirectory()) || (!leading.isEmpty() && !leading.equals(first))) {
          throw damaged(
              "it has more than one leading folder: "
                  + (leading.isEmpty() ? "" : leading + " and ")
                  + path,
              null);
        }
        leading = first;
        if (slash < 0) {
          continue;
        }
        path = path.substring(slash + 1);
      }
      Path target = root.resolve(path);
      Path parent = target.getParent();
      if (parent == null || !target.normalize().equals(target) || !target.startsWith(root)) {
        throw escapes(entry);
      }
      makeFolders(parent, entry);
      extract(tar, entry, target, strip ? leading + "/" : "", folders);
    }
    for (int i = folders.size() - 1; i >= 0; i--) {
      Files.setLastModifiedTime(folders.get(i).folder(), folders.get(i).time());
    }
  }

  private @Nullable TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      return tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private String normalized(String written) {
    List<String> parts = new ArrayList<>();
    if (written.startsWith("/") || written.indexOf('\0') >= 0) {
      throw damaged("an entry leads out of it: " + written, null);
    }
    for (String part : written.split("/", -1)) {
      if (part.equals("..")) {
        throw damaged("an entry leads out of it: " + written, null);
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  private CompileException escapes(TarArchiveEntry entry) {
    return damaged("an entry leads out of it: " + entry.getName(), null);
  }

  /** Makes the folders above an entry, and checks that no link leads out of the root. */
  private void makeFolders(Path parent, TarArchiveEntry entry) throws IOException {
    if (checked.contains(parent)) {
      return;
    }
    if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
      Path existing = parent;
      while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
        existing = existing.resolveSibling("").normalize();
      }
      if (!existing.toRealPath().equals(existing)) {
        throw escapes(entry);
      }
      Files.createDirectories(parent);
    }
    if (!parent.toRealPath().startsWith(root)) {
      throw escapes(entry);
    }
    checked.add(parent);
  }

  private void extract(
      TarArchiveInputStream tar,
      TarArchiveEntry entry,
      Path target,
      String prefix,
      List<Times> folders)
      throws IOException {
    // isFile() is also said of devices.
    if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      throw damaged("it holds a device or a pipe: " + entry.getName(), null);
    }
    FileTime time =
        FileTime.from(entry.getLastModifiedTime().to(TimeUnit.SECONDS), TimeUnit.SECONDS);
    if (entry.isDirectory()) {
      if (Files.isSymbolicLink(target)) {
        throw escapes(entry);
      }
      Files.createDirectories(target);
      folders.add(new Times(target, time));
      return;
    }
    Files.deleteIfExists(target);
    if (entry.isSymbolicLink()) {
      checked.clear();
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    if (entry.isLink()) {
      String link = normalized(entry.getLinkName());
      Path existing =
          root.resolve(link.startsWith(prefix) ? link.substring(prefix.length()) : link);
      if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)
          || !existing.toRealPath().startsWith(root)) {
        throw escapes(entry);
      }
      Files.copy(existing, target);
    } else if (entry.isFile()) {
      Files.copy(tar, target);
    } else {
      throw damaged("it holds something of an unknown kind: " + entry.getName(), null);
    }
    Files.setPosixFilePermissions(
        target,
        PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    Files.setLastModifiedTime(target, time);
  }
}
