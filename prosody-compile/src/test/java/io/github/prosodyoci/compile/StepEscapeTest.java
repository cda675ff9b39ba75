package io.github.prosodyoci.compile;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile recipe cannot do to get out of its sandbox, and what holds without one. */
@Tag("slow")
final class StepEscapeTest {

  /** Commands of the build root's BusyBox that would change what programs see. */
  private static final List<String> CHANGES =
      List.of(
          "mount -t tmpfs none folder",
          "mount -t proc none folder",
          "mount --bind / folder",
          "mount -o remount,rw /usr",
          "mount -o remount,bind,rw /usr",
          "umount /usr",
          "umount -l /proc",
          "umount -l /oci-work/sources",
          "pivot_root . folder",
          "mknod device b 8 0",
          "mknod device c 1 1",
          "hostname other",
          "unshare -r true",
          "unshare -m true",
          "unshare -n true",
          "ifconfig lo up",
          "ip link set lo up",
          "nsenter -t 1 -m true",
          "sysctl -w kernel.domainname=other",
          "chown 4711 folder",
          "nice -n -5 true");

  @TempDir private Path folder;
  private Project project;
  private Path secret;

  @BeforeEach
  void createProject() throws IOException {
    project = new Project(folder.resolve("project"));
    secret = Files.writeString(folder.resolve("secret"), "secret-canary");
  }

  @AfterEach
  void deleteProject() throws IOException {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  /** Builds a recipe with a step, and returns what the step wrote. */
  private List<String> output(String script) throws Exception {
    String step =
        "exec 3>&1 > \"$TMPDIR\"/seen\n%s\nexec >&3\nmkdir \"$DESTDIR\"/etc\n"
            + "sed \"s,${SOURCES%%/sources},,g\" \"$TMPDIR\"/seen > \"$DESTDIR\"/etc/seen";
    project.recipe("evil", step.formatted(script));
    project.compile();
    return project.installed("evil", "etc/seen").lines().toList();
  }

  private void isolate() throws Exception {
    project.requireIsolation();
    project.isolation = IsolationMode.REQUIRED;
  }

  @Test
  void step_changesItsSandbox_isDenied() throws Exception {
    isolate();
    String script =
        """
        mkdir folder
        /usr/bin/busybox true && echo ready
        while read -r change; do
          /usr/bin/busybox $change > /dev/null 2>&1 < /dev/null && echo "could $change"
        done <<'END'
        %s
        END
        :
        """;

    assertThat(output(script.formatted(String.join("\n", CHANGES)))).containsExactly("ready");
  }

  @Test
  void step_leavesItsRoot_seesTheSandboxAgain() throws Exception {
    isolate();
    List<String> seen = output(leave());

    assertThat(seen).first().asString().contains("oci-work", "usr").doesNotContain("home", "var");
    assertThat(seen).doesNotContain("reached", "secret-canary");
  }

  @Test
  void step_leavesItsRootWithoutIsolation_reachesTheMachine() throws Exception {
    var unused = project.withoutIsolation();

    // So the attempt of the other test is a real one.
    assertThat(output(leave())).contains("reached", "secret-canary");
  }

  /**
   * Leaves a root by being in a folder outside of another one (chroot(2)), where that is allowed.
   */
  private String leave() {
    return """
        perl -e 'mkdir "jail"; chroot "jail"; chdir ".." for 1..60; chroot ".";
          opendir(ROOT, "/"); print join(" ", sort readdir ROOT), "\\n";
          print "reached\\n" if -e "@SECRET@"'
        cat '@SECRET@' 2>/dev/null && echo || :
        """
        .replace("@SECRET@", secret.toString());
  }

  @Test
  void step_accounts_areNotThoseOfTheMachine() throws Exception {
    isolate();

    assertThat(output("cat /etc/passwd /etc/group; ls /etc"))
        .containsExactly(
            "root:x:0:0:root:/:/bin/sh",
            "nobody:x:65534:65534:nobody:/:/bin/sh",
            "root:x:0:",
            "nogroup:x:65534:",
            "group",
            "passwd");
  }

  @Test
  void step_killsEveryProcess_reachesNoneOfTheMachine() throws Exception {
    isolate();
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      String script = "perl -e 'kill 9, " + other.pid() + "; kill 9, -1; sleep 60'";
      assertFails(CompileCode.STEP_FAILED, () -> output(script)).hasMessageContaining("137");
      assertThat(other.isAlive()).isTrue();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void step_keyOfTheCache_isOutOfReach() throws Exception {
    isolate();
    var unused = output("echo first");
    Path key = project.request().settings().cacheKey();
    assertThat(key).isRegularFile();

    assertThat(output("cat '" + key + "' '" + project.cache + "'/*/* 2>/dev/null || echo nothing"))
        .containsExactly("nothing");
  }

  @Test
  void step_network_hasNoDevice() throws Exception {
    isolate();
    String script =
        """
        perl -MSocket -e 'for my $to ("127.0.0.1", "10.0.0.1", "192.0.2.1") {
          socket(S, PF_INET, SOCK_DGRAM, 0) or next;
          print "sent to $to\\n" if send(S, "x", 0, pack_sockaddr_in(53, inet_aton($to))); }'
        sed -n '3,$s/:.*//p' /proc/net/dev 2>/dev/null | tr -d ' ' | grep -v -x lo || :
        echo end
        """;

    assertThat(output(script)).containsExactly("end");
  }

  @Test
  void step_withoutIsolation_hasOnlyItsOwnVariablesAndPrograms() throws Exception {
    var unused = project.withoutIsolation();
    String script =
        """
        env | sed 's/=.*//' | grep -v -x -e _ -e SHLVL -e OLDPWD | sort | tr '\n' ' '
        for program in sh make perl sed awk grep tar cp; do
          case $(command -v $program) in
            "${SOURCES%/sources}"/bin/*) ;;
            *) echo "$program is $(command -v $program)" ;;
          esac
        done
        for program in find xargs cc gcc vi git mount ssh; do
          command -v $program || :
        done
        """;

    assertThat(output(script))
        .containsExactly(
            "AR ARCH BYTE_ORDER CC CFLAGS CONFIG_SHELL DESTDIR HOME JOBS LC_ALL LD LDFLAGS MUSL_ARCH NM OBJCOPY"
                + " OPENSSL_TARGET PATH PERL PWD RANLIB READELF SOURCES SOURCE_DATE_EPOCH STRIP SYSROOT TMPDIR"
                + " TRIPLE TZ VERSION WORD_SIZE ");
  }

  @Test
  void step_withoutIsolation_isLimited() throws Exception {
    var unused = project.withoutIsolation();
    project.limits = new StepLimits(Duration.ofMinutes(1), 1000, 4L << 20, 64L << 20);

    assertFails(CompileCode.STEP_LIMIT, () -> output("dd if=/dev/zero of=large bs=1048576 count=8"))
        .hasMessageContaining("it wrote a file larger than 4 MiB");
    assertFails(
            CompileCode.STEP_LIMIT, () -> output("perl -e '$x = \"a\" x (200 << 20); sleep 60'"))
        .hasMessageContaining("more than 64 MiB of memory");
    project.limits = new StepLimits(Duration.ofSeconds(2), 1000, 4L << 20, 4L << 30);
    assertFails(CompileCode.STEP_LIMIT, () -> output("sleep " + Machine.mark(6)))
        .hasMessageContaining("-Dprosodyoci.stepTimeoutMinutes");
    Machine.assertEnd(Machine.mark(6));
  }
}
