package io.github.prosodyoci.packages.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index that is read and written again says the same, to the byte. */
@Tag("slow")
class IndexRoundTripTest {

  private static final Signer SIGNER = Signer.generate("test.rsa.pub", 2048);

  private static String text(List<IndexEntry> entries) {
    StringBuilder text = new StringBuilder();
    entries.forEach(entry -> IndexFields.write(text, entry).append('\n'));
    return text.toString();
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void write_read_write_givesTheSame(@ForAll("entries") List<IndexEntry> entries)
      throws IOException {
    String written = text(entries);
    RawTar tar = new RawTar().file("DESCRIPTION", "v1").file("APKINDEX", written);
    Path file = Files.createTempFile("round-trip", ".tar.gz");
    try {
      Files.write(file, new RawApk().member(RawApk.gzip(tar.end())).sign(SIGNER).bytes());
      List<IndexEntry> read = IndexReader.read(file, TrustedKeys.of(SIGNER));
      assertThat(read).isEqualTo(entries);
      assertThat(text(read)).isEqualTo(written);
    } finally {
      Files.delete(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "community"})
  void genuineIndex_readAndWritten_isTheSame(String name) throws IOException {
    Path file = Alpine.repository().resolve("index/" + name + ".APKINDEX.tar.gz");
    List<String> read = text(IndexReader.read(file, Alpine.keys())).lines().toList();
    assertThat(read).isEqualTo(genuine(file).lines().toList());
  }

  /** Returns the file APKINDEX, found without our own readers. */
  private static String genuine(Path file) throws IOException {
    String tar;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      tar = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
    int header = tar.indexOf("APKINDEX\0");
    int size = Integer.parseInt(tar.substring(header + 124, header + 136).trim(), 8);
    byte[] bytes =
        tar.substring(header + 512, header + 512 + size).getBytes(StandardCharsets.ISO_8859_1);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<List<IndexEntry>> entries() {
    return Combinators.combine(infos(), Arbitraries.longs().between(0, Long.MAX_VALUE / 2))
        .as(
            (info, size) ->
                new IndexEntry(
                    info,
                    Checksums.q1(info.toString().getBytes(StandardCharsets.UTF_8)),
                    size,
                    true))
        .list()
        .ofMaxSize(8);
  }

  private static Arbitrary<PackageInfo> infos() {
    // Few values, so that some repeat from one record to the next.
    Arbitrary<String> texts =
        Arbitraries.of("", "a", "MIT", "Żółw é 漢 \uD83D\uDC22", "x:y  z", ":");
    Arbitrary<String[]> dependencies =
        Arbitraries.of(
                "a",
                "!b<1",
                "so:libx.so.1=1.2-r0",
                "cmd:[",
                "/bin/sh",
                "x!",
                "c~1.2",
                "d@edge>1_rc2")
            .array(String[].class)
            .ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.of("a", "lua5.4", "gtk+3.0", "libx_y-dev"),
            Arbitraries.of("1-r0", "1.2.3_git20230717-r4", "0a"),
            texts.list().ofSize(6),
            dependencies.list().ofSize(3),
            Arbitraries.integers().between(0, 0xffff),
            Arbitraries.longs().between(0, Long.MAX_VALUE / 2))
        .as(
            (name, version, text, depends, priority, number) ->
                PackageInfo.builder(name, version, "x86_64")
                    .description(text.get(0))
                    .url(text.get(1))
                    .license(text.get(2))
                    .origin(text.get(3))
                    .maintainer(text.get(4))
                    .commit(text.get(5))
                    .depends(depends.get(0))
                    .installIf(depends.get(1))
                    .provides(depends.get(2))
                    .providerPriority(priority)
                    .installedSize(number)
                    .buildDate(number)
                    .build());
  }
}
