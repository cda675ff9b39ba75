package io.github.prosodyoci.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.archive.TarEntry.Type;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarEntryTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/etc", "etc/", "a//b", ".", "./a", "a/.", "..", "../a", "a/../b", "a\0b"
      })
  void path_thatIsNotPlainAndRelative_isRefused(String path) {
    assertThatThrownBy(() -> TarEntry.file(path, 0644, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the path is not a plain relative one");
  }

  @ParameterizedTest
  @ValueSource(strings = {".PKGINFO", "a", "a/b", "..a", "a..", "...", "a/.b", "a b", "[", "ä"})
  void path_thatIsPlainAndRelative_isTaken(String path) {
    assertThatCode(() -> TarEntry.file(path, 0644, 0, 0)).doesNotThrowAnyException();
  }

  @Test
  void numbers_thatNoHeaderHolds_areRefused() {
    assertThatThrownBy(() -> TarEntry.file("a", 010000, 0, 0)).hasMessageContaining("mode 10000");
    assertThatThrownBy(() -> TarEntry.file("a", 0644, -1, 0)).hasMessageContaining("of size -1");
    assertThatThrownBy(() -> TarEntry.file("a", 0644, 0, -1)).hasMessageContaining("time -1");
    assertThatThrownBy(() -> TarEntry.file("a", 0644, 0, 0).withOwner(-1, 0, "", ""))
        .hasMessageContaining("owner -1:0");
  }

  @Test
  void size_ofAnythingButAFile_isRefused() {
    assertThatThrownBy(
            () -> new TarEntry("a", Type.DIRECTORY, 0755, 0, 0, 1, 0, "", "", "", Map.of()))
        .hasMessageContaining("DIRECTORY of size 1");
  }

  @Test
  void link_withoutTarget_isRefused() {
    assertThatThrownBy(() -> TarEntry.symlink("a", "", 0))
        .hasMessageContaining("SYMLINK with link target \"\"");
  }

  @Test
  void link_ofAFile_isRefused() {
    assertThatThrownBy(() -> new TarEntry("a", Type.FILE, 0644, 0, 0, 0, 0, "b", "", "", Map.of()))
        .hasMessageContaining("FILE with link target \"b\"");
  }

  @Test
  void paxHeaders_areACopy() {
    Map<String, String> headers = new HashMap<>(Map.of("a", "1"));
    TarEntry entry = TarEntry.file("a", 0644, 0, 0).withPaxHeaders(headers);
    headers.put("b", "2");
    assertThat(entry.paxHeaders()).containsExactly(Map.entry("a", "1"));
  }
}
