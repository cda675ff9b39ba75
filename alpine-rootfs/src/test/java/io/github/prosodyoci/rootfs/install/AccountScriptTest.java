package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not understood in full is left to the user; AccountOracleTest has what is. */
class AccountScriptTest {

  private static Optional<AccountScript> parse(String lines) {
    return AccountScript.parse("#!/bin/sh\n" + lines + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "addgroup -S $(id)",
        "addgroup -S `id`",
        "addgroup -S \"$(id)\"",
        "addgroup -S x && rm -rf /",
        "addgroup -S x | cat",
        "addgroup -S x &",
        "addgroup -S x > /etc/passwd",
        "addgroup -S x >/dev/nullx",
        "addgroup -S x </dev/tty",
        "addgroup -S x || exit 1",
        "addgroup -S x ||",
        "addgroup -S x || true || true",
        "|| true",
        "; true",
        ">/dev/null",
        "if true; then addgroup -S x; fi",
        "set -e",
        "id x >/dev/null 2>&1 || adduser -S x",
        "exit $?",
        "exit 256",
        "exit 0 || true",
        "PATH=. adduser -S y",
        "x=1 adduser -S y",
        "PATH=.",
        "SHELL=/bin/x",
        "LD_PRELOAD=/x",
        "IFS=x",
        "adduser -S $unset",
        "a=\nadduser -S $a",
        "a='b c'\nadduser -S -G $a d",
        "adduser -S -s '/bin/sh:x' y",
        "adduser -S -s '/bin/sh\nroot' y",
        "adduser y",
        "adduser -H y",
        "adduser -D x y",
        "adduser",
        "adduser -D -k /skel y",
        "adduser --disabled-password y",
        "adduser -D -D y",
        "adduser -D -u -1 y",
        "adduser -D -u 0x10 y",
        "adduser -D -u 256001 y",
        "adduser -D -u 99999999999 y",
        "adduser -D -h relative y",
        "adduser -D -h / y",
        "adduser -D -h /a/../b y",
        "adduser -D -h '' y",
        "adduser -D -- -y",
        "adduser -D 0",
        "adduser -D y$",
        "adduser -D -u",
        "addgroup -g 5 x y",
        "addgroup -S é",
        "addgroup -S 'x",
        "addgroup -S x\\y",
        "addgroup -S x*",
        "addgroup -S ~x",
        "mkdir -p /srv/x"
      })
  void script_withAnythingElse_isNotUnderstood(String lines) {
    assertThat(parse(lines)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "addgroup -S x\n",
        "#!/bin/sh -e\naddgroup -S x\n",
        "#!/bin/bash\naddgroup -S x\n",
        "#!/usr/bin/lua\naddgroup -S x\n",
        "#!/bin/sh\r\naddgroup -S x\r\n"
      })
  void script_ofAnotherInterpreter_isNotUnderstood(String script) {
    assertThat(AccountScript.parse(script)).isEmpty();
  }

  @Test
  void longScripts_areRefusedOrReadInOnePass() {
    assertThat(parse("adduser" + " ".repeat(50_000) + "$")).isEmpty();
    assertThat(parse("adduser -S x" + " 2>/dev/null".repeat(5_000))).isPresent();
    assertThat(parse("a=" + "x".repeat(30_000) + "\nb=" + "$a".repeat(10_000))).isEmpty();
    assertThat(parse("true\n".repeat(500))).isPresent();
    assertThat(parse("true\n".repeat(501))).isEmpty();
    assertThat(parse("# " + "x".repeat(70_000))).isEmpty();
  }

  @Test
  void accounts_withoutTheirFiles_areNotAdded() {
    Accounts accounts = new Accounts(Instant.EPOCH);
    Optional<String> failure =
        parse("addgroup -S x").orElseThrow().run(accounts, (path, uid, gid) -> {});
    assertThat(failure).contains("there is no /etc/group");
    assertThat(accounts.contents()).isEmpty();
  }
}
