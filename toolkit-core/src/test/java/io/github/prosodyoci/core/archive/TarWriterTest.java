package io.github.prosodyoci.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.TarEntry.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TarWriterTest {

  private static final long TIME = 1_793_491_200;
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);
  private static final String LONG = "usr/share/" + "long/".repeat(30) + "name";

  @FunctionalInterface
  private interface Entries {
    void addTo(TarWriter tar) throws IOException;
  }

  private static byte[] tar(Entries entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      entries.addTo(tar);
    }
    return out.toByteArray();
  }

  private static byte[] sample() throws IOException {
    return tar(
        tar -> {
          tar.add(TarEntry.directory("etc", 0755, TIME));
          tar.add(TarEntry.file("etc/motd", 0640, HELLO.length, TIME), HELLO);
          tar.add(TarEntry.symlink("etc/link", "motd", TIME));
          tar.add(
              new TarEntry(
                  "etc/hard", Type.HARDLINK, 0640, 0, 0, 0, TIME, "etc/motd", "", "", Map.of()));
          tar.add(TarEntry.directory("var", 01777, TIME).withOwner(100, 101, "prosody", "prosody"));
          tar.add(TarEntry.file(LONG, 0644, HELLO.length, TIME), HELLO);
          tar.add(TarEntry.file("grüße", 0644, HELLO.length, TIME), HELLO);
          tar.add(
              TarEntry.file("caps", 04755, 0, TIME)
                  .withPaxHeaders(Map.of("APK-TOOLS.checksum.SHA1", "00ff", "B", "2")));
        });
  }

  private static List<TarArchiveEntry> read(byte[] tar) throws IOException {
    List<TarArchiveEntry> entries = new ArrayList<>();
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar), StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        entries.add(e);
      }
    }
    return entries;
  }

  /** Fixes the encoding: a change here changes every digest and so needs a new encoding version. */
  @Test
  void golden_encodingIsTheSameForYears() throws IOException {
    assertThat(Digest.of(sample()))
        .hasToString("sha256:53ff227c315a2d6db212a9d5d9c5820416236948d80a11e0387099ea9ff28732");
  }

  @Test
  void gnuTar_listsWhatWasWritten(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("sample.tar"), sample());
    assertThat(
            run(
                "tar",
                "--warning=no-unknown-keyword",
                "--numeric-owner",
                "--full-time",
                "-tvf",
                file.toString()))
        .containsExactly(
            "drwxr-xr-x 0/0               0 2026-11-01 00:00:00 etc/",
            "-rw-r----- 0/0               6 2026-11-01 00:00:00 etc/motd",
            "lrwxrwxrwx 0/0               0 2026-11-01 00:00:00 etc/link -> motd",
            "hrw-r----- 0/0               0 2026-11-01 00:00:00 etc/hard link to etc/motd",
            "drwxrwxrwt 100/101           0 2026-11-01 00:00:00 var/",
            "-rw-r--r-- 0/0               6 2026-11-01 00:00:00 " + LONG,
            "-rw-r--r-- 0/0               6 2026-11-01 00:00:00 gr\\303\\274\\303\\237e",
            "-rwsr-xr-x 0/0               0 2026-11-01 00:00:00 caps");
    assertThat(run("tar", "--warning=no-unknown-keyword", "-xOf", file.toString(), LONG))
        .containsExactly("hello");
  }

  private static List<String> run(String... command) throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, command[0]))),
        command[0] + " is not installed");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as("%s", lines).isZero();
    return lines;
  }

  @Test
  void ordinaryEntries_needNoPaxHeader() throws IOException {
    byte[] tar =
        tar(
            out -> {
              out.add(TarEntry.directory("etc", 0755, TIME));
              out.add(TarEntry.file("etc/motd", 0644, HELLO.length, TIME), HELLO);
              out.add(TarEntry.symlink("etc/link", "motd", 0));
            });
    // Three headers, one content, two records that end the archive.
    assertThat(tar).hasSize(6 * 512);
    assertThat(read(tar)).allSatisfy(e -> assertThat(e.getExtraPaxHeaders()).isEmpty());
  }

  @Test
  void userName_isInNoHeader() throws IOException {
    String user = System.getProperty("user.name");
    System.setProperty("user.name", "somebodyelse");
    try {
      assertThat(new String(sample(), StandardCharsets.UTF_8)).doesNotContain("somebodyelse");
    } finally {
      System.setProperty("user.name", user);
    }
  }

  @Test
  void paxRecords_areSorted() throws IOException {
    assertThat(new String(sample(), StandardCharsets.UTF_8))
        .contains("32 APK-TOOLS.checksum.SHA1=00ff\n6 B=2\n");
  }

  @Test
  void fieldsAtTheirLimits_stayInTheHeader() throws IOException {
    String name = "n".repeat(100);
    TarEntry entry =
        new TarEntry(
            name,
            Type.FILE,
            07777,
            07777777,
            07777777,
            0,
            077777777777L,
            "",
            "u".repeat(31),
            "g".repeat(31),
            Map.of());
    byte[] tar = tar(out -> out.add(entry));
    assertThat(tar).hasSize(3 * 512);
    assertThat(read(tar))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.getName()).isEqualTo(name);
              assertThat(e.getMode()).isEqualTo(07777);
              assertThat(e.getLongUserId()).isEqualTo(07777777);
              assertThat(e.getLongGroupId()).isEqualTo(07777777);
              assertThat(e.getUserName()).isEqualTo("u".repeat(31));
              assertThat(e.getLastModifiedTime().toMillis()).isEqualTo(077777777777L * 1000);
            });
  }

  @Test
  void fieldsBeyondTheirLimits_becomePaxRecords() throws IOException {
    String name = "n".repeat(101);
    String target = "t".repeat(101);
    TarEntry entry =
        new TarEntry(
            name,
            Type.SYMLINK,
            0777,
            010000000,
            010000001,
            0,
            0100000000000L,
            target,
            "u".repeat(32),
            "g".repeat(32),
            Map.of());
    assertThat(read(tar(out -> out.add(entry))))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.getName()).isEqualTo(name);
              assertThat(e.getLinkName()).isEqualTo(target);
              assertThat(e.getLongUserId()).isEqualTo(010000000);
              assertThat(e.getLongGroupId()).isEqualTo(010000001);
              assertThat(e.getUserName()).isEqualTo("u".repeat(32));
              assertThat(e.getGroupName()).isEqualTo("g".repeat(32));
              assertThat(e.getLastModifiedTime().toMillis()).isEqualTo(0100000000000L * 1000);
            });
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.MIXIN)
  void anyEntry_isReadBackAsItWas(
      @ForAll @Chars({'a', '.', ' ', '\n', 'é', '€'}) @StringLength(max = 300) String text,
      @ForAll @AlphaChars @StringLength(max = 40) String owner,
      @ForAll @IntRange(max = 07777) int mode,
      @ForAll @IntRange int uid,
      @ForAll @LongRange(max = 0200000000000L) long mtime,
      @ForAll byte[] content)
      throws IOException {
    String path = "p/" + text + "p";
    TarEntry entry =
        new TarEntry(
            path, Type.FILE, mode, uid, 0, content.length, mtime, "", owner, owner, Map.of());
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(
            new ByteArrayInputStream(tar(out -> out.add(entry, content))),
            StandardCharsets.UTF_8.name())) {
      TarArchiveEntry back = in.getNextEntry();
      assertThat(back.getName()).isEqualTo(path);
      assertThat(back.getMode()).isEqualTo(mode);
      assertThat(back.getLongUserId()).isEqualTo(uid);
      assertThat(back.getUserName()).isEqualTo(owner);
      assertThat(back.getLastModifiedTime().toMillis()).isEqualTo(mtime * 1000);
      assertThat(in.readAllBytes()).isEqualTo(content);
      assertThat(in.getNextEntry()).isNull();
    }
  }

  @Test
  void add_contentShorterThanItsHeader_isRefused() {
    assertThatThrownBy(() -> tar(out -> out.add(TarEntry.file("a", 0644, 7, TIME), HELLO)))
        .isInstanceOf(IOException.class)
        .hasMessage("Could not write a: its content ends 1 bytes before the 7 of its header");
  }

  @Test
  void add_contentLongerThanItsHeader_isRefused() {
    assertThatThrownBy(() -> tar(out -> out.add(TarEntry.file("a", 0644, 5, TIME), HELLO)))
        .isInstanceOf(IOException.class)
        .hasMessage("Could not write a: its content is longer than the 5 bytes of its header");
  }

  @Test
  void add_fileWithoutItsContent_isRefused() {
    assertThatThrownBy(() -> tar(out -> out.add(TarEntry.file("a", 0644, 5, TIME))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"CHARACTER_DEVICE", "BLOCK_DEVICE"})
  void add_device_isRefused(Type type) {
    TarEntry device = new TarEntry("null", type, 0666, 0, 0, 0, TIME, "", "", "", Map.of());
    assertThatThrownBy(() -> tar(out -> out.add(device)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Leave it out of the archive");
  }

  @Test
  void cut_leavesOutTheEndOfTheArchive() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter first = new TarWriter(out);
    first.add(TarEntry.file("a", 0644, HELLO.length, TIME), HELLO);
    first.cut();
    assertThat(out.size()).isEqualTo(2 * 512);
    try (TarWriter second = new TarWriter(out)) {
      second.add(TarEntry.file("b", 0644, HELLO.length, TIME), HELLO);
    }
    assertThat(read(out.toByteArray()))
        .extracting(TarArchiveEntry::getName)
        .containsExactly("a", "b");
  }
}
