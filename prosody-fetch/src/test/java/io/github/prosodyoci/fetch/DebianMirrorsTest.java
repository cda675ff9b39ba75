package io.github.prosodyoci.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.recipe.Origin;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebianMirrorsTest {

  @TempDir private Path apt;

  @BeforeEach
  void makeFolders() throws Exception {
    Files.createDirectories(apt.resolve("sources.list.d"));
  }

  @Test
  void discover_nothingConfigured_isThePublicMirror() {
    assertThat(DebianMirrors.discover("", apt.resolve("none")))
        .isEqualTo(new DebianMirrors(List.of(DebianMirrors.PUBLIC), List.of()));
  }

  @Test
  void discover_oneLineFormat_takesMainArchiveMirrors() throws Exception {
    write(
        "sources.list",
        """
        # deb http://commented.example/debian trixie main
        deb [arch=amd64 signed-by=/a/b.gpg] http://a.example/debian/ trixie main # comment
        deb-src\thttp://b.example/mirror/debian trixie main
        deb http://a.example/debian trixie-updates main
        deb http://s.example/debian-security trixie-security main
        deb http://ubuntu.example/ubuntu noble main
        deb https://packages.example/tools stable main
        deb cdrom:[Debian]/ trixie main
        deb mirror+file:/etc/apt/mirrors.txt trixie main
        deb http://user:secret@private.example/debian trixie main
        deb http://short.example/debian
        nonsense
        """);

    assertThat(discover(""))
        .isEqualTo(
            mirrors(
                List.of("http://a.example/debian", "http://b.example/mirror/debian"),
                List.of("http://s.example/debian-security")));
  }

  @Test
  void discover_deb822Format_takesAllUrisOfEnabledStanzas() throws Exception {
    write(
        "sources.list.d/debian.sources",
        """
        # comment
        Types: deb
        URIs: http://a.example/debian
         https://b.example/debian/
        # comment inside
         http://c.example/debian http://d.example/debian-security
        Suites: trixie
        Components: main
        Signed-By:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         uris: http://inside-key.example/debian

        enabled: no
        Types: deb
        URIs: http://off.example/debian
        Suites: trixie

        types: deb
        uris: http://e.example/debian
        """);

    assertThat(discover(""))
        .isEqualTo(
            mirrors(
                List.of(
                    "http://a.example/debian",
                    "https://b.example/debian",
                    "http://c.example/debian",
                    "http://e.example/debian"),
                List.of("http://d.example/debian-security")));
  }

  @Test
  void discover_filesOfOtherNames_arePassedOver() throws Exception {
    write("sources.list.d/a.list.bak", "deb http://a.example/debian trixie main\n");
    write("sources.list.d/b.list", "deb http://b.example/debian trixie main\n");
    Files.write(apt.resolve("sources.list.d/c.list"), new byte[] {(byte) 0xff, (byte) 0xfe});
    Files.createDirectory(apt.resolve("sources.list.d/d.list"));

    assertThat(discover("")).isEqualTo(mirrors(List.of("http://b.example/debian"), List.of()));
  }

  @Test
  void discover_configured_comeFirst() throws Exception {
    write("sources.list", "deb http://a.example/debian trixie main\n");

    assertThat(discover("https://x.example/d, http://y.example/debian-security/"))
        .isEqualTo(
            mirrors(
                List.of("https://x.example/d", "http://a.example/debian"),
                List.of("http://y.example/debian-security")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mirror.example", "ftp://m.example/debian", "https://m.example/?a", "::"})
  void discover_configuredNoMirror_isRefused(String address) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> discover(address))
        .withMessageStartingWith("Could not use the Debian mirror " + address + ": ")
        .withMessageEndingWith("several separated by commas.");
  }

  @Test
  void discover_configuredWithPassword_doesNotShowIt() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> discover("https://me:secret@m.example/debian"))
        .withMessageContaining("https://…@m.example/debian")
        .withMessageNotContaining("secret");
  }

  @Test
  void pool_packageFile_isAskedOfSecurityArchiveLast() {
    DebianMirrors mirrors =
        new DebianMirrors(
            List.of(URI.create("http://a.example/debian")),
            List.of(URI.create("http://s.example/debian-security")));

    assertThat(mirrors.pool(new Origin.Debian("libidn", "libidn_1.41+x.tar.gz")))
        .extracting(URI::toString)
        .containsExactly(
            "http://a.example/debian/pool/main/libi/libidn/libidn_1.41%2Bx.tar.gz",
            "http://s.example/debian-security/pool/updates/main/libi/libidn/libidn_1.41%2Bx.tar.gz");
  }

  @Test
  void dists_securitySuite_isAskedOfSecurityArchive() {
    DebianMirrors mirrors =
        new DebianMirrors(
            List.of(URI.create("http://a.example/debian")),
            List.of(URI.create("http://s.example/debian-security")));

    assertThat(mirrors.dists(new Origin.DebianIndex("trixie", "InRelease")))
        .containsExactly(URI.create("http://a.example/debian/dists/trixie/InRelease"));
    assertThat(mirrors.dists(new Origin.DebianIndex("trixie-security", "InRelease")))
        .containsExactly(
            URI.create("http://s.example/debian-security/dists/trixie-security/InRelease"));
  }

  private DebianMirrors discover(String configured) {
    return DebianMirrors.discover(configured, apt);
  }

  private static DebianMirrors mirrors(List<String> archive, List<String> security) {
    return new DebianMirrors(
        Stream.concat(archive.stream().map(URI::create), Stream.of(DebianMirrors.PUBLIC)).toList(),
        security.stream().map(URI::create).toList());
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(apt.resolve(name), text);
  }
}
