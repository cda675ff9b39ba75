package io.github.prosodyoci.compile;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile recipe can do to the machine. */
@Tag("slow")
final class StepIsolationTest {

  private static final String MARK = Machine.mark(2);

  @TempDir private Path folder;
  private Project project;

  @BeforeEach
  void createProject() throws IOException {
    project = new Project(folder.resolve("project"));
  }

  @AfterEach
  void deleteProject() throws IOException {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  /** Builds a recipe whose step tries all that it should not, and returns what it got hold of. */
  private String loot() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path secret = Files.writeString(home.resolve("config.json"), "secret-canary");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path socket = home.resolve("docker.sock");
    Process other = new ProcessBuilder("sleep", MARK).start();
    try (ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        ServerSocket tcp = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      unix.bind(UnixDomainSocketAddress.of(socket));
      project.recipe(
          "evil",
          """
          mkdir -p "$DESTDIR"/etc
          exec 3>&1 > "$TMPDIR"/loot 2>&1
          cat '@HOME@/config.json' || :
          cat '@ROOT@/test.rsa' || :
          (echo evil >> '@HOME@/.bashrc') || :
          cat /proc/[0-9]*/cmdline | tr '\\0' ' ' || :
          cat /proc/[0-9]*/environ | tr '\\0' '\\n' | sed 's/=.*//' || :
          perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) or die;
            print connect(S, pack_sockaddr_un("@HOME@/docker.sock")) ? "unix reached\\n" : "";'
          perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0) or die;
            print connect(S, pack_sockaddr_in(@PORT@, INADDR_LOOPBACK)) ? "tcp reached\\n" : "";'
          exec >&3 2>&3
          sed "s,${SOURCES%/sources},,g" "$TMPDIR"/loot > "$DESTDIR"/etc/loot
          """
              .replace("@HOME@", home.toString())
              .replace("@ROOT@", project.root.toString())
              .replace("@PORT@", Integer.toString(tcp.getLocalPort())));
      project.compile();
    } finally {
      other.destroyForcibly();
    }
    return project.installed("evil", "etc/loot")
        + (Files.exists(home.resolve(".bashrc")) ? "bashrc written" : "");
  }

  @Test
  void compile_hostileStep_getsHoldOfNothing() throws Exception {
    project.requireIsolation();
    project.isolation = IsolationMode.REQUIRED;

    assertThat(loot())
        .doesNotContain("secret-canary", "PRIVATE KEY", "bashrc written", MARK, "reached")
        .doesNotContain("JAVA", "USER")
        .contains("DESTDIR");
    assertThat(project.lines).noneMatch(line -> line.contains("not isolated"));
  }

  @Test
  void compile_noIsolation_isAnnouncedWithAllThatIsOpen() throws Exception {
    var unused = project.withoutIsolation();

    // So the attempts of the other test are real.
    assertThat(loot())
        .contains("secret-canary", "PRIVATE KEY", "bashrc written", MARK)
        .contains("unix reached", "tcp reached");
    assertThat(project.lines)
        .filteredOn(line -> line.contains("not isolated"))
        .singleElement()
        .asString()
        .contains("denied by a test", "files", "keys", "network", "sockets", "processes")
        .contains("environment", "docs/recipes.md");
  }

  @Test
  void compile_isolationRequiredButImpossible_isRefused() throws Exception {
    var unused = project.withoutIsolation();
    project.isolation = IsolationMode.REQUIRED;
    project.recipe("hello", "mkdir \"$DESTDIR\"/etc; echo 1 > \"$DESTDIR\"/etc/hello");

    assertFails(CompileCode.ISOLATION_UNAVAILABLE, project::compile)
        .hasMessageContaining("Could not isolate build steps: ")
        .hasMessageContaining("denied by a test");
  }

  @Test
  void compile_samePackagesWithAndWithoutIsolation() throws Exception {
    project.requireIsolation();
    project.recipe(
        "hello",
        "mkdir \"$DESTDIR\"/etc; { umask; id -u > /dev/null; ls -l /dev/null > /dev/null;"
            + " } > \"$DESTDIR\"/etc/hello || :");
    Digest isolated =
        project.compile().reports().get(0).recipes().get(0).packages().get(0).content();
    Project open = new Project(folder.resolve("open"));
    var unused = open.withoutIsolation();
    Files.copy(project.recipes.resolve("hello.yaml"), open.recipes.resolve("hello.yaml"));

    assertThat(open.compile().reports().get(0).recipes().get(0).packages().get(0).content())
        .isEqualTo(isolated);
  }

  @Test
  void compile_cachePathWithSpace_worksIfIsolatedAndIsRefusedOtherwise() throws Exception {
    project.requireIsolation();
    Project spaced = new Project(folder.resolve("a b"));
    String script = "mkdir $DESTDIR/etc; cp $SOURCES/../steps/1.sh $DESTDIR/etc/step";
    assertThat(spaced.recipe("hello", script).compile().packages()).isEqualTo(1);

    Project open = new Project(folder.resolve("c d"));
    var unused = open.withoutIsolation();
    open.recipe("hello", script);
    assertFails(CompileCode.ISOLATION_UNAVAILABLE, open::compile)
        .hasMessageContaining("must not contain a space")
        .hasMessageContaining("-Dprosodyoci.cache=");
  }

  @Test
  void compile_stepLeavesDaemon_endsIt() throws Exception {
    project.requireIsolation();
    project.recipe(
        "daemon",
        "perl -e 'use POSIX; exit if fork; POSIX::setsid(); exec \"sleep\", \""
            + Machine.mark(3)
            + "\"';"
            + " sleep 0.3; mkdir \"$DESTDIR\"/etc; echo 1 > \"$DESTDIR\"/etc/x");
    project.compile();

    assertThat(Machine.commandLines()).noneMatch(line -> line.contains(Machine.mark(3)));
  }

  @Test
  void compile_forkBomb_isStoppedByName() throws Exception {
    project.requireIsolation();
    project.limits = new StepLimits(Duration.ofMinutes(1), 200, 1L << 30, 4L << 30);
    project.recipe("bomb", "bomb() { bomb & bomb & sleep " + Machine.mark(4) + "; }\nbomb");

    assertFails(CompileCode.STEP_LIMIT, project::compile)
        .hasMessageContaining("Could not run step 'install' of bomb (")
        .hasMessageContaining("more than 200 processes");
    Machine.assertEnd(Machine.mark(4));
  }

  @Test
  void compile_largeFile_isStoppedByName() throws Exception {
    project.limits = new StepLimits(Duration.ofMinutes(1), 1000, 4L << 20, 4L << 30);
    project.recipe("large", "dd if=/dev/zero of=large bs=1048576 count=8");

    assertFails(CompileCode.STEP_LIMIT, project::compile)
        .hasMessageContaining("it wrote a file larger than 4 MiB");
  }

  @Test
  void compile_muchMemory_isStoppedByName() throws Exception {
    project.limits = new StepLimits(Duration.ofMinutes(1), 1000, 1L << 30, 64L << 20);
    project.recipe("hungry", "perl -e '$x = \"a\" x (200 << 20); sleep 60'");

    assertFails(CompileCode.STEP_LIMIT, project::compile)
        .hasMessageContaining("more than 64 MiB of memory");
  }
}
