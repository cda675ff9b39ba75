package io.github.prosodyoci.rootfs.apk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.rootfs.Alpine;
import io.github.prosodyoci.rootfs.index.IndexEntry;
import io.github.prosodyoci.rootfs.index.IndexReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

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
    "1.2_beta2,<,1.2_rc1",
    "1.2_pre,<,1.2_rc",
    "1.2_cvs,>,1.2",
    "1.00,<,1.0",
    "3.1.4-r5,=,3.1.4-r5",
    "9999999999,>,1",
    "1_p1_rc1,<,1_p1"
  })
  void compareTo_ordersAsApk(String left, String operator, String right) {
    Version a = new Version(left);
    Version b = new Version(right);
    int expected = "<=>".indexOf(operator) - 1;
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(expected);
    assertThat(Integer.signum(b.compareTo(a))).isEqualTo(-expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.2.3a", "1.2_git20230717-r4", "0", "1_p", "20_rc1_p3-r0"})
  void isValid_ofVersions(String text) {
    assertThat(Version.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1-x", "1.2abc", "1_foo", "1~ab", "1.2a.3", "1/..", "1 2", "1-r1.2"})
  void isValid_ofOtherTexts(String text) {
    assertThat(Version.isValid(text)).isFalse();
  }

  @Provide
  Arbitrary<String> versions() {
    Arbitrary<String> parts =
        Arbitraries.of(
            "", ".0", ".1", ".01", ".10", "a", "b", "_rc", "_rc1", "_p", "_p2", "_git3", "-r0",
            "-r12");
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

  @Test
  void compareTo_equalsApkOnGenuineVersions() throws IOException {
    Alpine.Tool apk = Alpine.Tool.unpack(folder);
    List<String> versions =
        Stream.of("main", "community")
            .flatMap(
                name -> {
                  Path index = Alpine.repository().resolve("index/" + name + ".APKINDEX.tar.gz");
                  try {
                    return IndexReader.read(index, Alpine.keys()).stream();
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                })
            .map((IndexEntry entry) -> entry.info().version())
            .distinct()
            .sorted()
            .collect(Collectors.toList());
    assertThat(versions).allMatch(Version::isValid);
    Random random = new Random(1);
    // More pairs: -Dversions=20000. Each takes apk about two milliseconds.
    for (int i = 0; i < Integer.getInteger("versions", 400); i++) {
      int first = random.nextInt(versions.size());
      // Every other pair lies close together, where the rules meet.
      int second = i % 2 == 0 ? random.nextInt(versions.size()) : first + random.nextInt(5);
      String a = versions.get(first);
      String b = versions.get(second % versions.size());
      int order = new Version(a).compareTo(new Version(b));
      assertThat(order < 0 ? "<" : order > 0 ? ">" : "=")
          .as("%s and %s", a, b)
          .isEqualTo(apk.run("version", "-t", a, b).success().strip());
    }
  }
}
