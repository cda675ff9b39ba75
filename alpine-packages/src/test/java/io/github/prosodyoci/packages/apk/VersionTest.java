package io.github.prosodyoci.packages.apk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.index.IndexReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

  /** Apk cuts off longer ones in its table of versions. */
  private static final int MAX_LENGTH = 32;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1,<,1.0",
    "1.01,<,1.1",
    "1_rc1,<,1",
    "1_p1,>,1",
    "1a,>,1",
    "1_alpha_git1,<,1_alpha_p1",
    "1.2-r3,>,1.2",
    "1.2-r3,<,1.2-r10",
    "20230717123456,<,20230717123457",
    "1b,<,1.1",
    "1.001,<,1.01",
    "1.0_pre0,<,1.0",
    "1.11111111111111111,>,1.2",
    "1.2_beta2,<,1.2_rc1",
    "1.2_pre,<,1.2_rc",
    "1.2_cvs,>,1.2",
    "1.00,<,1.0",
    "3.1.4-r5,=,3.1.4-r5",
    "9999999999,>,1",
    "1_p1_rc1,<,1_p1",
    "1a1,>,1a",
    "1a9,<,1a10",
    "1a1,<,1b",
    "1a1,>,1a_p",
    "1a1-r0,>,1a1",
    "1.02,<,1.012",
    "1_p1,<,1_p_p",
    "1.2~0af3,>,1.2",
    "1.2~0af3-r0,>,1.2-r9",
    "1.2~0af3,<,1.2_p",
    "1.2~0af3,<,1.3",
    "1.2~0af3,<,1.2~1",
    "1.2~0af3-r1,>,1.2~0af3-r0",
    "1.2~0af3,=,1.2~0af3"
  })
  void compareTo_ordersAsApk(String left, String operator, String right) {
    Version a = new Version(left);
    Version b = new Version(right);
    int expected = "<=>".indexOf(operator) - 1;
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(expected);
    assertThat(Integer.signum(b.compareTo(a))).isEqualTo(-expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1.2.3a", "1.2_git20230717-r4", "0", "1_p", "20_rc1_p3-r0", "0.99f7-r2"})
  void isValid_ofVersions(String text) {
    assertThat(Version.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1-x",
        "1.2abc",
        "1_foo",
        "1~ab",
        "1.2a.3",
        "1/..",
        "1 2",
        "1-r1.2",
        "111111111111111111",
        "1.01111111111111111111"
      })
  void isValid_ofOtherTexts(String text) {
    assertThat(Version.isValid(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1.2~0af3-r0,true",
    "1.2_git3~0af3,true",
    "1.2.3a_rc1-r4,true",
    "0.99f7-r2,false",
    "1.2~-r0,false",
    "1.2~0AF3,false",
    "1.2-r0~0af3,false",
    "1.2~xyz,false"
  })
  void isValidForApk3_followsTheFormOfItsManual(String text, boolean valid) {
    assertThat(Version.isValidForApk3(text)).isEqualTo(valid);
  }

  @Provide
  Arbitrary<String> versions() {
    Arbitrary<String> parts =
        Arbitraries.of(
            "", ".0", ".00", ".001", ".1", ".01", ".10", "a", "b", "_rc", "_rc1", "_p", "_p2",
            "_git3", "-r0", "-r12");
    return parts
        .list()
        .ofMaxSize(4)
        .map(list -> "1" + String.join("", list))
        .filter(Version::isValid);
  }

  @Property(tries = 500)
  void compareTo_isAntisymmetric(
      @ForAll("versions") String left, @ForAll("versions") String right) {
    Version a = new Version(left);
    Version b = new Version(right);
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
  }

  @Property(tries = 500)
  void compareTo_isTransitive(
      @ForAll("versions") String first,
      @ForAll("versions") String second,
      @ForAll("versions") String third) {
    List<Version> sorted =
        Stream.of(first, second, third).map(Version::new).sorted().collect(Collectors.toList());
    assertThat(sorted.get(0)).isLessThanOrEqualTo(sorted.get(2));
  }

  @Tag("slow")
  @Test
  void compareTo_equalsApkOnGenuineVersions() throws IOException {
    List<String> versions = new ArrayList<>();
    for (String name : List.of("main", "community")) {
      Path index = Alpine.repository().resolve("index/" + name + ".APKINDEX.tar.gz");
      IndexReader.read(index, Alpine.keys()).stream()
          .map((IndexEntry entry) -> entry.info().version())
          .forEach(versions::add);
    }
    assertThat(versions).allMatch(Version::isValid);
    Set<String> distinct = new TreeSet<>(versions);
    distinct.removeIf(version -> version.length() >= MAX_LENGTH);
    assertThat(distinct).hasSizeGreaterThan(4000);
    assertOrderedAsApk(List.copyOf(distinct), 20_000);
  }

  @Tag("slow")
  @Test
  void compareTo_equalsApkOnUnusualVersions() throws IOException {
    List<String> parts =
        List.of(
            "",
            ".0",
            ".00",
            ".01",
            ".001",
            ".10",
            ".1",
            "a",
            "z",
            "b7",
            "_alpha",
            "_beta1",
            "_pre0",
            "_rc",
            "_rc1",
            "_cvs",
            "_svn9",
            "_git20230717",
            "_hg",
            "_p",
            "_p2",
            "-r0",
            "-r12",
            "..",
            ".-r1",
            ".20230717123");
    Random random = new Random(3);
    Set<String> versions = new TreeSet<>();
    while (versions.size() < 1500) {
      StringBuilder version =
          new StringBuilder(List.of("0", "1", "01", "12").get(random.nextInt(4)));
      for (int i = random.nextInt(4); i >= 0; i--) {
        version.append(parts.get(random.nextInt(parts.size())));
      }
      if (version.length() < MAX_LENGTH && Version.isValid(version.toString())) {
        versions.add(version.toString());
      }
    }
    assertOrderedAsApk(List.copyOf(versions), 20_000);
  }

  /** Compares neighbours in our order, and pairs at random, with what one run of apk says. */
  private void assertOrderedAsApk(List<String> versions, int more) throws IOException {
    Alpine.Tool apk = Alpine.Tool.unpack(folder.resolve("tool"));
    List<String> sorted =
        versions.stream().sorted(Comparator.comparing(Version::new)).collect(Collectors.toList());
    Random random = new Random(1);
    List<String[]> pairs = new ArrayList<>();
    for (int i = 1; i < sorted.size(); i++) {
      pairs.add(new String[] {sorted.get(i - 1), sorted.get(i)});
      pairs.add(new String[] {sorted.get(i), sorted.get(Math.max(0, i - 2))});
    }
    for (int i = 0; i < more; i++) {
      pairs.add(
          new String[] {
            versions.get(random.nextInt(versions.size())),
            versions.get(random.nextInt(versions.size()))
          });
    }
    // Each pair is a package: its installed version, and the one that a repository has.
    StringBuilder installed = new StringBuilder();
    StringBuilder index = new StringBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      installed.append(record(i, "A", pairs.get(i)[0]));
      index.append(record(i, "B", pairs.get(i)[1]));
    }
    Path root = folder.resolve("root");
    Path database = Files.createDirectories(root.resolve("lib/apk/db"));
    Files.writeString(database.resolve("installed"), installed);
    Files.writeString(database.resolve("triggers"), "");
    Files.createDirectories(root.resolve("etc/apk"));
    Files.writeString(root.resolve("etc/apk/world"), "");
    Path repository = Files.createDirectories(folder.resolve("repository/x86_64"));
    Files.write(
        repository.resolve("APKINDEX.tar.gz"),
        RawApk.gzip(new RawTar().file("DESCRIPTION", "").file("APKINDEX", index.toString()).end()));
    String output =
        apk.run(
                "version",
                "--root",
                root,
                "--arch",
                "x86_64",
                "--allow-untrusted",
                "-X",
                repository.getParent(),
                "-l",
                "<=>")
            .output();
    Matcher line = Pattern.compile("p([0-9]+)-(\\S+?) *([<=>]) (\\S+)").matcher(output);
    Set<Integer> missing =
        IntStream.range(0, pairs.size()).boxed().collect(Collectors.toCollection(TreeSet::new));
    while (line.find()) {
      int number = Integer.parseInt(line.group(1));
      missing.remove(number);
      String[] pair = pairs.get(number);
      assertThat(List.of(line.group(2), line.group(4))).containsExactly(pair);
      int order = new Version(pair[0]).compareTo(new Version(pair[1]));
      assertThat(order < 0 ? "<" : order > 0 ? ">" : "=")
          .as("%s and %s", pair[0], pair[1])
          .isEqualTo(line.group(3));
    }
    // For apk, nothing is older than 0.
    assertThat(missing.stream().map(pairs::get))
        .allMatch(pair -> pair[1].matches("0+(_(alpha|beta|pre|rc).*)?"));
  }

  private static String record(int number, String salt, String version) {
    return "C:%s\nP:p%d\nV:%s\nA:x86_64\n\n"
        .formatted(Checksums.q1((salt + number).getBytes(StandardCharsets.UTF_8)), number, version);
  }
}
