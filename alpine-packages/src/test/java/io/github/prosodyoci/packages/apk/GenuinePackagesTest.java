package io.github.prosodyoci.packages.apk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.index.IndexFields;
import io.github.prosodyoci.packages.index.IndexReader;
import io.github.prosodyoci.packages.index.IndexWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class GenuinePackagesTest {

  @TempDir Path folder;

  @Test
  void allPackages_verifyWithTheSha1Exception() throws IOException {
    List<Path> packages = Alpine.packages();
    assertThat(packages).hasSize(100);
    TrustedKeys keys = Alpine.keys();
    for (Path file : packages) {
      Apk apk = Apk.read(file, keys);
      apk.verify();
      assertThat(apk.info().fileName()).isEqualTo(file.getFileName().toString());
      assertThat(apk.signature()).get().asString().startsWith("RSA.alpine-devel@");
    }
  }

  @Test
  void allPackages_areThoseOfTheirIndex() throws IOException {
    Map<String, IndexEntry> index = index();
    assertThat(index).hasSize(100);
    for (Path file : Alpine.packages()) {
      IndexEntry entry = index.get(file.getFileName().toString());
      Apk apk = Apk.read(file, entry.identity(), entry.info().nameVersion());
      assertThat(text(new IndexEntry(apk.info(), apk.identity(), apk.size(), true)))
          .isEqualTo(text(entry));
    }
  }

  private static Map<String, IndexEntry> index() throws IOException {
    Map<String, IndexEntry> index = new TreeMap<>();
    IndexReader.read(Alpine.repository().resolve("x86_64/APKINDEX.tar.gz"), Alpine.keys())
        .forEach(entry -> index.put(entry.info().fileName(), entry));
    return index;
  }

  /** Returns the fields; Alpine writes the repository's architecture in place of noarch. */
  private static String text(IndexEntry entry) {
    return IndexFields.write(new StringBuilder(), entry)
        .toString()
        .replace("\nA:noarch\n", "\nA:x86_64\n");
  }

  @Test
  void index_writtenAndReadAgain_saysTheSame() throws IOException {
    Signer signer = Signer.generate("test.rsa.pub", 2048);
    Path file = folder.resolve("APKINDEX.tar.gz");
    List<IndexEntry> written = new IndexWriter(signer).write(file, Alpine.packages(), "test");
    List<IndexEntry> read = IndexReader.read(file, TrustedKeys.of(signer));
    assertThat(read.stream().map(GenuinePackagesTest::text))
        .isEqualTo(written.stream().map(GenuinePackagesTest::text).toList())
        .containsExactlyInAnyOrderElementsOf(
            index().values().stream().map(GenuinePackagesTest::text).toList());
  }

  /** What a package says and holds. */
  private record Whole(
      PackageInfo info,
      Map<ScriptType, String> scripts,
      List<TarEntry> entries,
      Map<String, String> checksums) {

    static Whole of(Apk apk) throws IOException {
      List<TarEntry> entries = new ArrayList<>();
      Map<String, String> checksums = new HashMap<>();
      apk.visit(
          (entry, checksum, content) -> {
            entries.add(entry);
            if (!checksum.isEmpty()) {
              checksums.put(entry.path(), checksum);
            }
          });
      entries.sort((a, b) -> EntryPath.ORDER.compare(a.path(), b.path()));
      return new Whole(apk.info(), apk.scripts(), entries, checksums);
    }
  }

  @Test
  void allPackages_writtenAndReadAgain_holdTheSame() throws IOException {
    for (Path file : Alpine.packages()) {
      Apk apk = Apk.read(file);
      List<PackageFile> files = new ArrayList<>();
      apk.visit(
          (entry, checksum, content) -> files.add(PackageFile.of(entry, content.readAllBytes())));
      Path copy = folder.resolve("copy.apk");
      new PackageWriter().write(copy, apk.info(), apk.scripts(), files);
      assertThat(Whole.of(Apk.read(copy))).isEqualTo(Whole.of(apk));
    }
  }
}
