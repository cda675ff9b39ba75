package io.github.prosodyoci.compile.source;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
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

  private final String name;
  private final RealFolders folders;
  private final Path root;

  private Unpacker(String name, RealFolders folders, Path root) {
    this.name = name;
    this.folders = folders;
    this.root = root;
  }

  /** Returns whether a file of this name is unpacked; others are left as they are. */
  public static boolean isArchive(String name) {
    return name.endsWith(".deb") || name.matches(".*\\.(tar|tgz|tar\\.(gz|bz2|xz|zst))");
  }

  /**
   * Unpacks an archive below a folder. No link that lies there is followed, be it to write a file
   * or to set its time or mode.
   *
   * @param archive the archive's bytes; not closed
   * @param name its name, which tells its format
   * @param base the folder that nothing is written outside of, which must exist
   * @param place where to unpack to, relative to {@code base}; made if it is missing
   * @throws FailureException if {@code place} or an entry leads out of {@code base} or through a
   *     link, or the archive is damaged or has more than one leading folder
   * @throws IOException if a file cannot be written
   */
  public static void unpack(InputStream archive, String name, Path base, Path place)
      throws IOException {
    RealFolders folders = new RealFolders(base.toRealPath());
    Path root = folders.base().resolve(place).normalize();
    Unpacker unpacker = new Unpacker(name, folders, root);
    if (!folders.make(root)) {
      throw unpacker.damaged("a link or a file is in the way to its folder " + place, null);
    }
    unpacker.run(archive);
  }

  private void run(InputStream archive) throws IOException {
    InputStream file = new BufferedInputStream(archive, 1 << 16);
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
      throw damaged(Reasons.of(e), e);
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
        throw damaged(Reasons.of(e), e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException | MalformedInputException e) {
        throw damaged(Reasons.of(e), e);
      }
    }
  }

  private FailureException damaged(String found, @Nullable Exception e) {
    return new FailureException(Failure.of(CompileCode.SOURCE_ARCHIVE, "unpack", name, found), e);
  }

  private record Times(Path folder, FileTime time) {}

  private void tar(InputStream in, boolean strip) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8");
    List<Times> times = new ArrayList<>();
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
      if (!folders.make(parent)) {
        throw escapes(entry);
      }
      extract(tar, entry, target, strip ? leading + "/" : "", times);
    }
    for (int i = times.size() - 1; i >= 0; i--) {
      // An entry after it may have put something else in its place.
      if (folders.isReal(times.get(i).folder())) {
        facts(times.get(i).folder()).setTimes(times.get(i).time(), null, null);
      }
    }
  }

  /** Returns access to the times and mode of a file, never of one that a link leads to. */
  private static PosixFileAttributeView facts(Path file) {
    return Files.getFileAttributeView(
        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  private @Nullable TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      return tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(Reasons.of(e), e);
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

  private FailureException escapes(TarArchiveEntry entry) {
    return damaged("an entry leads out of it: " + entry.getName(), null);
  }

  private void extract(
      TarArchiveInputStream tar,
      TarArchiveEntry entry,
      Path target,
      String prefix,
      List<Times> times)
      throws IOException {
    // isFile() is also said of devices.
    if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      throw damaged("it holds a device or a pipe: " + entry.getName(), null);
    }
    FileTime time =
        FileTime.from(entry.getLastModifiedTime().to(TimeUnit.SECONDS), TimeUnit.SECONDS);
    if (entry.isDirectory()) {
      if (!folders.make(target)) {
        throw escapes(entry);
      }
      times.add(new Times(target, time));
      return;
    }
    if (!folders.remove(target)) {
      throw damaged("an entry takes the place of a folder: " + entry.getName(), null);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    if (entry.isLink()) {
      String link = normalized(entry.getLinkName());
      Path existing =
          root.resolve(link.startsWith(prefix) ? link.substring(prefix.length()) : link);
      Path above = existing.getParent();
      if (above == null
          || !folders.isReal(above)
          || !Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
        throw escapes(entry);
      }
      Files.copy(existing, target);
    } else if (entry.isFile()) {
      Files.copy(tar, target);
    } else {
      throw damaged("it holds something of an unknown kind: " + entry.getName(), null);
    }
    facts(target)
        .setPermissions(
            PosixFilePermissions.fromString(
                (entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    facts(target).setTimes(time, null, null);
  }
}
