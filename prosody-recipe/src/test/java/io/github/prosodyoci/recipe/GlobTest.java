package io.github.prosodyoci.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "usr/include/** | usr/include/a/b.h | true",
        "usr/include/** | usr/include | false",
        "usr/lib/*.a | usr/lib/libc.a | true",
        "usr/lib/*.a | usr/lib/x/libc.a | false",
        "**/*.pc | usr/lib/pkgconfig/a.pc | true",
        "**/*.pc | a.pc | true",
        "/usr/bin/lua | usr/bin/lua | true",
        "usr/bin/lua5.4 | usr/bin/lua5x4 | false",
        "usr/bin/lua? | usr/bin/lua5 | true",
        "usr/bin/{lua,luac} | usr/bin/luac | true",
        "usr/bin/{lua,luac} | usr/bin/luad | false",
        "usr/bin/[ | usr/bin/[ | true",
      })
  void matches_pathAndPattern_asDocumented(String glob, String path, boolean expected) {
    assertThat(Glob.of(glob).matches(path)).isEqualTo(expected);
  }
}
