package io.github.prosodyoci.update;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.debian.DebianFile;
import io.github.prosodyoci.verify.debian.DebianFile.Kind;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianVersion;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names, pages and packagings that newer versions are looked for in. */
class UpdatePartsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "prosody_13.0.1.orig.tar.gz, ORIG, 13.0.1, prosody_2.0.orig.tar.gz",
    "prosody_13.0.1.orig.tar.gz.asc, ORIG, 13.0.1, prosody_2.0.orig.tar.gz.asc",
    "prosody_13.0.1-1+deb131u.debian.tar.xz, DEBIAN, 13.0.1-1+deb131u, prosody_2.0-3.debian.tar.xz",
    "expat_2.8.3-1~deb13u1.dsc, DSC, 2.8.3-1~deb13u1, expat_2.0-3.dsc",
    "ca-certificates_20250419.tar.xz, NATIVE, 20250419, ca-certificates_2.0-3.tar.xz",
    "linux-libc-dev_6.1.176-1_amd64.deb, DEB, 6.1.176-1, linux-libc-dev_2.0-3_amd64.deb",
    "a_1-2.orig-main.tar.xz, ORIG, 1-2, a_2.0.orig-main.tar.xz",
  })
  void parse_fileOfThePool_knowsItsVersion(String name, Kind kind, String version, String other) {
    DebianFile file = DebianFile.parse(name).orElseThrow();

    assertThat(file.kind()).isEqualTo(kind);
    assertThat(file.version()).hasToString(version);
    assertThat(file.of(DebianVersion.parse("7:2.0-3"))).isEqualTo(other);
  }

  @ParameterizedTest
  @CsvSource({"prosody.tar.gz", "_1.dsc", "a_1.zip", "a_1/2.dsc", "a_.dsc"})
  void parse_otherName_isNone(String name) {
    assertThat(DebianFile.parse(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "prosody-13.0.1.tar.gz, 13.0.1, prosody-X.tar.gz",
    "v13.0.1/prosody_13.0.1, 13.0.1, vX/prosody_X",
    "lua5.4-5.4.7.tar.gz, 5.4.7, lua5.4-X.tar.gz",
    "lua5.4-5.4.tar.gz, 5.4, lua5.4-X.tar.gz",
    "a-1.2.3.tar.gz, 1.2, a-1.2.3.tar.gz",
    "a-11.2.tar.gz, 1.2, a-11.2.tar.gz",
    "a-0.1.2.tar.gz, 1.2, a-0.1.2.tar.gz",
    "a-1.2rc1.tar.gz, 1.2, a-Xrc1.tar.gz",
  })
  void replace_version_onlyWhereItStandsByItself(String text, String version, String expected) {
    assertThat(VersionText.replace(text, version, "X")).isEqualTo(expected);
    assertThat(VersionText.holds(text, version)).isEqualTo(!text.equals(expected));
  }

  @Test
  void versions_ofAPage_areOnlyReleasesOfThatNameInThatFolder() {
    ListingPage page =
        ListingPage.of(URI.create("https://x.example/source/prosody-13.0.1.tar.gz"), "13.0.1")
            .orElseThrow();
    String html =
        """
        <A HREF="prosody-13.0.10.tar.gz">a</A> <a class=x href = 'prosody-13.0.2.tar.gz'>b</a>
        <a href="./prosody-13.1.tar.gz"> <a href="/source/prosody-12.0.4.tar.gz">
        <a href="https://x.example/source/prosody-13.0.3a.tar.gz">
        <a href="prosody-14.0.0rc1.tar.gz"> <a href="prosody-14.0.tar.gz.asc"> <a href="prosody-14.tar.bz2">
        <a href="https://evil.example/source/prosody-99.tar.gz"> <a href="../prosody-99.tar.gz">
        <a href="old/prosody-99.tar.gz"> <a href="prosody-99.tar.gz?x"> <a href="http://x.example/source/prosody-99.tar.gz">
        <a href="prosody-1.2.3.4.5.6.7.8.tar.gz"> <a href="prosody-99999999999999.tar.gz"> <a href="ht tp:%%">
        prosody-98.tar.gz
        """;

    assertThat(page.folder()).isEqualTo(URI.create("https://x.example/source/"));
    assertThat(page.versions(html.getBytes(UTF_8)))
        .containsExactly("12.0.4", "13.0.2", "13.0.3a", "13.0.10", "13.1");
  }

  @ParameterizedTest
  @CsvSource({
    "https://x.example/download/v1.2/a-1.2.tar.gz",
    "https://x.example/a.tar.gz",
    "https://x.example/a-1.2.tar.gz?download",
    "https://x.example/a-1.2-1.2.tar.gz",
  })
  void of_addressThatNoPageLists_isEmpty(String address) {
    assertThat(ListingPage.of(URI.create(address), "1.2")).isEmpty();
  }

  @Property
  void versions_ofAnyPage_areVersionsOrNothing(@ForAll @From("pages") String html) {
    ListingPage page =
        ListingPage.of(URI.create("https://x.example/a/b-1.0.tar"), "1.0").orElseThrow();

    assertThat(page.versions(html.getBytes(UTF_8))).allMatch(v -> v.matches("[0-9.]+[a-z]?"));
  }

  @Provide
  Arbitrary<String> pages() {
    Arbitrary<String> part =
        Arbitraries.of(
            "<a href=",
            "\"",
            "'",
            "b-2.0.tar",
            "./",
            "../",
            "/a/",
            "mailto:",
            "https://x.example",
            "//",
            ":",
            "%",
            "?",
            "#",
            " ",
            ">",
            "b-",
            "9",
            ".",
            "tar",
            "[",
            "\u0000",
            "ä");
    return part.list().ofMaxSize(12).map(parts -> String.join("", parts));
  }

  @Property
  void parse_anyName_isAFileOrNothing(@ForAll String name) {
    DebianFile.parse(name).ifPresent(file -> assertThat(name).startsWith(file.start() + "_"));
    DebianFile.parse("a_" + name + ".dsc")
        .ifPresent(file -> assertThat(file.of(file.version())).isEqualTo("a_" + name + ".dsc"));
  }

  @Test
  void read_noArchive_isRefusedWithAReason() throws Exception {
    Path junk = Files.writeString(folder.resolve("a.debian.tar.xz"), "junk");
    Path bare = Files.write(folder.resolve("b.debian.tar.xz"), DebianFixture.xz(new byte[3000]));
    Path truncated =
        Files.write(
            folder.resolve("c.debian.tar.xz"),
            java.util.Arrays.copyOf(DebianFixture.queue("x", "a"), 100));

    for (Path file : List.of(junk, truncated)) {
      assertThatExceptionOfType(FailureException.class)
          .isThrownBy(() -> PatchQueue.read(file))
          .withMessageContaining("it cannot be unpacked");
    }
    assertThat(PatchQueue.read(bare).patches()).isEmpty();
  }

  @Tag("slow")
  @Test
  void read_bombOfXz_isRefusedInBoundedSpace() throws Exception {
    Path bomb = Files.write(folder.resolve("a.debian.tar.xz"), DebianFixture.bomb(300L << 20));

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> PatchQueue.read(bomb))
        .withMessageContaining("it unpacks to more than 268435456 bytes");
  }
}
