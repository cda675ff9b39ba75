package io.github.prosodyoci.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

  private static final Path BASE = Path.of("/recipes");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://www.lua.org/ftp/lua-5.4.7.tar.gz",
        "http://localhost:8080/a",
        "http://127.0.0.1/a",
        "http://[::1]:80/a",
        "debian:lua5.4/lua5.4_5.4.7.orig.tar.gz",
        "debian:llvm-toolchain-19/libclang-rt-19-dev_19.1.7-3~deb12u1_amd64.deb",
        "file:lua/lua.tar.gz",
        "maven:org.bytedeco:llvm:20.1.7-1.5.12:jar:linux-x86_64",
      })
  void parse_knownForm_readsBackAsWritten(String text) {
    assertThat(Origin.parse(text, BASE)).hasToString(text);
  }

  @Test
  void parse_mavenWithoutType_isJar() {
    assertThat(Origin.parse("maven:g:a:1", BASE))
        .isEqualTo(new Origin.Maven("g", "a", "1", "jar", ""));
  }

  @Test
  void parse_file_isRelativeToRecipe() {
    assertThat(Origin.parse("file:../x.tar", BASE))
        .isEqualTo(new Origin.LocalFile(Path.of("/x.tar"), "../x.tar"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ftp://ftp.gnu.org/a | unknown origin 'ftp://ftp.gnu.org/a'; known are https://",
        "lua.tar.gz | unknown origin 'lua.tar.gz'",
        "http://www.lua.org/a | not an https:// address: http://www.lua.org/a",
        "http://localhost.evil.example/a | not an https:// address",
        "https:///a | the address has no host",
        "https://a b | not an address: https://a b",
        "debian:lua | not of the form debian:<source package>/<file>",
        "debian:Lua/a | not the name of a Debian package: Lua",
        "debian:lua/../../etc | not the name of a file in Debian's pool: ../../etc",
        "debian:../lua | not the name of a Debian package: ..",
        "debian:lua/.. | not the name of a file in Debian's pool",
        "maven:g:a | not of the form maven:",
        "maven:g:..:1 | not a Maven coordinate: '..'",
        "maven:g:a:1/../2 | not a Maven coordinate: '1/../2'",
        "maven:g:a:1:jar:x:y | not of the form maven:",
        "file:///etc/passwd | not of the form file:<path relative to the recipe>",
      })
  void parse_wrongForm_saysWhatIsWrong(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Origin.parse(text, BASE))
        .withMessageContaining(message);
  }

  @Test
  void parse_addressWithCredentials_isRefusedWithoutShowingThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Origin.parse("https://user:secret@host.example/a", BASE))
        .withMessageContaining("host.example")
        .withMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "prosody, p/prosody",
    "libidn, libi/libidn",
    "lib3ds, lib3/lib3ds",
    "linux, l/linux",
    "llvm-toolchain-19, l/llvm-toolchain-19",
    "0ad, 0/0ad",
  })
  void poolFolder_ofPackage_isAsInTheArchive(String source, String folder) {
    assertThat(new Origin.Debian(source, "x").poolFolder()).isEqualTo(folder);
  }

  @Property(tries = 500)
  void poolFolder_ofAnyAcceptedName_staysInPool(
      @ForAll @StringLength(max = 30) String source, @ForAll @StringLength(max = 30) String file) {
    Origin.Debian origin;
    try {
      origin = new Origin.Debian(source, file);
    } catch (IllegalArgumentException e) {
      return;
    }
    URI place =
        URI.create("https://mirror.example/debian/pool/main/" + origin.poolFolder() + "/" + file);
    assertThat(place.normalize()).isEqualTo(place);
    assertThat(place.getPath()).endsWith("/" + source + "/" + file);
  }

  @ParameterizedTest
  @CsvSource({"../etc, InRelease", "trixie, ../InRelease", "trixie, main//a", "trixie, ''"})
  void debianIndex_pathThatLeadsElsewhere_isRefused(String suite, String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Origin.DebianIndex(suite, path));
  }
}
