package io.github.prosodyoci.image.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.compare.Difference.Cause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ContentComparisonTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] zip(String content, long time) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      ZipEntry entry = new ZipEntry("a.txt");
      entry.setTimeLocal(LocalDateTime.ofEpochSecond(time, 0, ZoneOffset.UTC));
      zip.putNextEntry(entry);
      zip.write(bytes(content));
    }
    return bytes.toByteArray();
  }

  private static byte[] ar(String member, String time) {
    return bytes(
        "!<arch>\n"
            + String.format("%-16s%-12s%-6s%-6s%-8s%-10s`\n", "a.o/", time, 0, 0, 644, 2)
            + member);
  }

  private static byte[] tarGz() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.compress(bytes);
        TarWriter tar = new TarWriter(gzip)) {
      tar.add(TarEntry.file("a", 0644, 1, 0), bytes("1"));
    }
    return bytes.toByteArray();
  }

  @Test
  void of_memberOfZip_isNamedWithContentAndTime() throws Exception {
    long time = 1_800_000_000;

    assertThat(ContentComparison.of(zip("one\n", time), zip("two\n", time)).lines())
        .containsExactly("zip member a.txt: line 1: \"one\" / \"two\"");
    ContentComparison times = ContentComparison.of(zip("one", time), zip("one", time + 60));
    assertThat(times.lines())
        .containsExactly("zip member a.txt: 2027-01-15T08:00 / 2027-01-15T08:01");
    assertThat(times.cause()).contains(Cause.TIME);
  }

  @Test
  void of_zipWithoutTimes_isLookedInto() throws Exception {
    byte[] one = zip("one", 1_800_000_000);
    byte[] two = zip("two", 1_800_000_000);
    for (byte[] each : List.of(one, two)) {
      // The fields for time and date of the local header (APPNOTE.TXT, 4.3.7).
      Arrays.fill(each, 10, 14, (byte) 0);
    }

    assertThat(ContentComparison.of(one, two).lines())
        .first()
        .asString()
        .startsWith("zip member a.txt: line 1");
  }

  @Test
  void of_memberOfAr_isNamed() {
    assertThat(ContentComparison.of(ar("ab", "0"), ar("ac", "0")).lines())
        .containsExactly("ar member a.o/: line 1: \"ab\" / \"ac\"");
    assertThat(ContentComparison.of(ar("ab", "0"), ar("ab", "17")).lines())
        .containsExactly("ar member a.o/: 0 0 0 644 / 17 0 0 644");
  }

  @Test
  void of_linesInAnotherOrder_namesTheLikelyCause() {
    ContentComparison found = ContentComparison.of(bytes("a\nb\nc\n"), bytes("b\na\nc\n"));

    assertThat(found.lines()).containsExactly("line 1: \"a\" / \"b\"", "line 2: \"b\" / \"a\"");
    assertThat(found.cause()).contains(Cause.ORDER);
  }

  @Test
  void of_controlCharacters_areNotShown() {
    assertThat(ContentComparison.of(bytes("a\u001b[2J"), bytes("b")).lines())
        .containsExactly("line 1: \"a.[2J\" / \"b\"");
  }

  /** Files of others: whatever they hold, they are compared. */
  @Property(tries = 3000)
  void of_damagedFile_isComparedAllTheSame(
      @ForAll @IntRange(max = 3) int kind,
      @ForAll @IntRange(max = 500) int position,
      @ForAll byte value,
      @ForAll @IntRange(max = 400) int cut)
      throws IOException {
    byte[] whole =
        switch (kind) {
          case 0 -> zip("one", 1_800_000_000);
          case 1 -> ar("ab", "0");
          case 2 -> tarGz();
          default -> program();
        };
    byte[] damaged = Arrays.copyOf(whole, Math.max(1, whole.length - cut));
    damaged[position % damaged.length] = value;

    List<String> lines = new ArrayList<>(ContentComparison.of(whole, damaged).lines());

    assertThat(lines.isEmpty()).isEqualTo(Arrays.equals(whole, damaged));
  }

  /** A program of this machine's own Java. */
  private static byte[] program() throws IOException {
    return Files.readAllBytes(Path.of(System.getProperty("java.home"), "lib", "jspawnhelper"));
  }
}
