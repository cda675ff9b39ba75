package io.github.prosodyoci.compile.source;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

final class UnpackerTest {

  @TempDir private Path folder;
  private Path root;

  @BeforeEach
  void createRoot() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
  }

  private interface Entries {
    void addTo(TarArchiveOutputStream tar) throws IOException;
  }

  private static byte[] tar(Entries entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      entries.addTo(tar);
    }
    return bytes.toByteArray();
  }

  private static void file(TarArchiveOutputStream tar, String path) throws IOException {
    add(tar, path, TarConstants.LF_NORMAL, 0644, 1000, "x\n");
  }

  /** Adds an entry of any kind; the text is a file's content or a link's target. */
  private static void add(
      TarArchiveOutputStream tar, String path, byte type, int mode, long time, String text)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path, type, true);
    entry.setMode(mode);
    entry.setModTime(time * 1000);
    boolean isFile = type == TarConstants.LF_NORMAL;
    entry.setSize(isFile ? text.length() : 0);
    entry.setLinkName(isFile ? "" : text);
    tar.putArchiveEntry(entry);
    if (isFile) {
      tar.write(text.getBytes(StandardCharsets.UTF_8));
    }
    tar.closeArchiveEntry();
  }

  private void unpack(String name, byte[] bytes) throws IOException {
    Unpacker.unpack(new ByteArrayInputStream(bytes), name, root, Path.of(""));
  }

  @Test
  void unpack_everyCompression_givesTheSame() throws IOException {
    byte[] tar = tar(out -> file(out, "a-1.0/dir/file"));
    for (String suffix : new String[] {"tar", "tar.gz", "tgz", "tar.bz2", "tar.xz", "tar.zst"}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (OutputStream out =
          switch (suffix) {
            case "tar.gz", "tgz" -> new GZIPOutputStream(bytes);
            case "tar.bz2" -> new BZip2CompressorOutputStream(bytes);
            case "tar.xz" -> new XZOutputStream(bytes, new LZMA2Options(0));
            case "tar.zst" -> new ZstdOutputStream(bytes);
            default -> bytes;
          }) {
        out.write(tar);
      }
      unpack("a-1.0." + suffix, bytes.toByteArray());
      assertThat(root.resolve("dir/file")).hasContent("x");
      Files.delete(root.resolve("dir/file"));
    }
  }

  @Test
  void unpack_tar_keepsTimesModesAndLinks() throws IOException {
    unpack(
        "a.tar",
        tar(
            out -> {
              add(out, "./a/bin/", TarConstants.LF_DIR, 0700, 500, "");
              add(out, "./a/bin/run", TarConstants.LF_NORMAL, 0750, 1000, "r");
              add(out, "./a/link", TarConstants.LF_SYMLINK, 0777, 1, "bin/run");
              add(out, "./a/hard", TarConstants.LF_LINK, 0644, 1000, "./a/bin/run");
            }));

    assertThat(Files.getLastModifiedTime(root.resolve("bin/run")).toMillis()).isEqualTo(1000_000);
    assertThat(Files.getLastModifiedTime(root.resolve("bin")).toMillis()).isEqualTo(500_000);
    assertThat(root.resolve("bin/run")).isExecutable();
    assertThat(root.resolve("link")).isSymbolicLink().hasContent("r");
    assertThat(root.resolve("hard")).hasContent("r");
  }

  private static byte[] deb(String dataName, byte[] data) throws IOException {
    return TestDeb.of("amd64", dataName, data);
  }

  @Test
  void unpack_deb_takesDataAsItIs() throws IOException {
    byte[] data = tar(out -> file(out, "./usr/include/a.h"));

    unpack("a.deb", deb("data.tar", data));

    assertThat(root.resolve("usr/include/a.h")).hasContent("x");
  }

  @Test
  void unpack_debWithXz_takesDataAsItIs() throws IOException {
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(xz, new LZMA2Options(1))) {
      out.write(tar(entries -> file(entries, "./usr/include/a.h")));
    }

    unpack("a.deb", deb("data.tar.xz", xz.toByteArray()));

    assertThat(root.resolve("usr/include/a.h")).hasContent("x");
  }

  @Test
  void unpack_debWithZstd_takesDataAsItIs() throws IOException {
    ByteArrayOutputStream zstd = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(zstd)) {
      out.write(tar(entries -> file(entries, "./usr/include/a.h")));
    }

    unpack("a.deb", deb("data.tar.zst", zstd.toByteArray()));

    assertThat(root.resolve("usr/include/a.h")).hasContent("x");
  }

  @Test
  void unpack_damagedZstd_saysSo() throws IOException {
    ByteArrayOutputStream zstd = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(zstd)) {
      out.write(tar(entries -> file(entries, "./usr/include/a.h")));
    }
    byte[] whole = zstd.toByteArray();
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 0x40;

    for (byte[] bad : List.of(new byte[] {1}, cut, flipped)) {
      assertFails(CompileCode.SOURCE_ARCHIVE, () -> unpack("a.deb", deb("data.tar.zst", bad)))
          .hasMessageStartingWith("Could not unpack a.deb: ");
    }
  }

  @Test
  void unpack_debWithAMemberMissingOrCut_isDamaged() throws IOException {
    assertFails(CompileCode.SOURCE_ARCHIVE, () -> unpack("a.deb", "!<arch>\n".getBytes()))
        .hasMessageContaining("it has no debian-binary");
    assertFails(CompileCode.SOURCE_ARCHIVE, () -> unpack("a.deb", deb("other", new byte[0])))
        .hasMessageContaining("it has no data.tar");
    assertFails(CompileCode.SOURCE_ARCHIVE, () -> unpack("a.deb", "rubbish".getBytes()))
        .hasMessageStartingWith("Could not unpack a.deb: ");
    byte[] whole = deb("data.tar", tar(out -> file(out, "./usr/include/a.h")));
    for (int length = 8; length < whole.length; length += 97) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> unpack("a.deb", cut)).isInstanceOf(FailureException.class);
    }
  }

  @Test
  void unpack_dotDot_isRefused() {
    assertFails(
            ArchiveCode.TAR_ESCAPE, () -> unpack("a.tar", tar(out -> file(out, "a/../../evil"))))
        .hasMessageContaining(
            "Could not read a.tar: the path 'a/../../evil' is not a plain relative path");
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void unpack_throughLink_isRefused() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));

    assertFails(
            CompileCode.SOURCE_ARCHIVE,
            () ->
                unpack(
                    "a.tar",
                    tar(
                        out -> {
                          add(out, "a/link", TarConstants.LF_SYMLINK, 0777, 1, outside.toString());
                          file(out, "a/link/evil");
                        })))
        .hasMessageContaining("leads out of it");
    assertFails(
        CompileCode.SOURCE_ARCHIVE,
        () ->
            unpack(
                "b.tar",
                tar(
                    out -> {
                      add(out, "a/link", TarConstants.LF_SYMLINK, 0777, 1, outside.toString());
                      file(out, "a/link/deep/evil");
                    })));
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void unpack_secondArchiveWhereTheFirstOneLeftALink_isRefused() throws IOException {
    Path home = Files.createDirectories(folder.resolve("victim/home"));
    unpack(
        "first.tar",
        tar(
            out -> {
              add(out, "up-1/debian", TarConstants.LF_SYMLINK, 0777, 1, home.toString());
              add(out, "up-1/inside", TarConstants.LF_SYMLINK, 0777, 1, ".");
            }));
    byte[] second = tar(out -> file(out, "second/.profile"));

    for (String place : List.of("debian", "debian/deep", "inside", "inside/deep")) {
      assertFails(
              CompileCode.SOURCE_ARCHIVE,
              () ->
                  Unpacker.unpack(
                      new ByteArrayInputStream(second), "second.tar", root, Path.of(place)))
          .hasMessage(
              "Could not unpack second.tar: a link or a file is in the way to its folder "
                  + place
                  + " (source-archive).");
    }
    assertThat(home).isEmptyDirectory();
    assertThat(root.resolve("deep")).doesNotExist();
  }

  @Test
  void unpack_placeOutsideTheBase_isRefused() {
    assertFails(
        CompileCode.SOURCE_ARCHIVE,
        () ->
            Unpacker.unpack(
                new ByteArrayInputStream(new byte[0]), "a.tar", root, Path.of("../evil")));
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void unpack_folderReplacedByLink_leavesWhatTheLinkLeadsToAlone() throws IOException {
    Path home = Files.createDirectories(folder.resolve("victim/home"));
    FileTime time = FileTime.from(Instant.parse("2026-11-26T00:00:00Z"));
    Files.setLastModifiedTime(home, time);
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rwx------");
    Files.setPosixFilePermissions(home, mode);

    unpack(
        "mtime.tar",
        tar(
            out -> {
              add(out, "a/d/", TarConstants.LF_DIR, 0777, 0, "");
              add(out, "a/d", TarConstants.LF_SYMLINK, 0777, 0, home.toString());
            }));

    assertThat(root.resolve("d")).isSymbolicLink();
    assertThat(Files.getLastModifiedTime(home)).isEqualTo(time);
    assertThat(Files.getPosixFilePermissions(home)).isEqualTo(mode);
  }

  @Test
  void unpack_hardLinkThroughALink_isRefused() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "s");

    assertFails(
            CompileCode.SOURCE_ARCHIVE,
            () ->
                unpack(
                    "a.tar",
                    tar(
                        out -> {
                          add(out, "a/l", TarConstants.LF_SYMLINK, 0777, 1, outside.toString());
                          add(out, "a/copy", TarConstants.LF_LINK, 0644, 1, "a/l/secret");
                        })))
        .hasMessageContaining("leads out of it");
    assertThat(root.resolve("copy")).doesNotExist();
  }

  @Test
  void unpack_fileInPlaceOfAFullFolder_isRefused() {
    assertFails(
            CompileCode.SOURCE_ARCHIVE,
            () ->
                unpack(
                    "a.tar",
                    tar(
                        out -> {
                          file(out, "a/d/x");
                          file(out, "a/d");
                        })))
        .hasMessageContaining("takes the place of a folder: a/d");
  }

  @Test
  void unpack_fileOverLink_replacesTheLink() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "safe");

    unpack(
        "a.tar",
        tar(
            out -> {
              add(out, "a/file", TarConstants.LF_SYMLINK, 0777, 1, outside.toString());
              file(out, "a/file");
            }));

    assertThat(outside).hasContent("safe");
    assertThat(root.resolve("file")).isRegularFile().hasContent("x");
  }

  @Test
  void unpack_twoLeadingFolders_isRefused() {
    assertFails(
            CompileCode.SOURCE_ARCHIVE,
            () ->
                unpack(
                    "a.tar",
                    tar(
                        out -> {
                          file(out, "a/x");
                          file(out, "b/x");
                        })))
        .hasMessageContaining("more than one leading folder: a and b/x");
  }

  @Test
  void unpack_device_isRefused() {
    assertFails(
            CompileCode.SOURCE_ARCHIVE,
            () -> unpack("a.tar", tar(out -> add(out, "a/null", TarConstants.LF_CHR, 0666, 1, ""))))
        .hasMessageContaining("device");
  }

  @Test
  void unpack_damagedGzip_isNamed() {
    assertFails(CompileCode.SOURCE_ARCHIVE, () -> unpack("a.tar.gz", "no gzip at all".getBytes()))
        .hasMessageContaining("Could not unpack a.tar.gz: Not in GZIP format");
  }
}
