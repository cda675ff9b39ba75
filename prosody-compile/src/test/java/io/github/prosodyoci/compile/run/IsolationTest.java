package io.github.prosodyoci.compile.run;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.compile.Machine;
import io.github.prosodyoci.compile.TestRoot;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Folders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
final class IsolationTest {

  private static final StepLimits LIMITS =
      new StepLimits(Duration.ofSeconds(30), 100, 1 << 20, 1L << 30);

  @TempDir private Path folder;
  private final ProcessRunner runner = new ProcessRunner(LIMITS);

  @BeforeEach
  void openFolder() throws Exception {
    // Another user must get through.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void close() throws Exception {
    runner.close();
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  /** What is put before a command to run it as this user, and as an ordinary one. */
  static List<List<String>> users() {
    return Machine.isRoot()
        ? List.of(List.of(), List.of("setpriv", "--reuid=4711", "--regid=4711", "--clear-groups"))
        : List.of(List.of());
  }

  private String run(List<String> user, Path work, List<Mount> more, String script)
      throws Exception {
    Isolation isolation =
        Isolation.probe(TestRoot.shared().root(), folder.resolve("probe"), runner);
    Machine.requireIsolation(isolation);
    List<Mount> mounts = new ArrayList<>(more);
    mounts.add(Mount.writable(work, "/oci-work/build"));
    mounts.add(Mount.readOnly(bin(), "/oci-work/bin"));
    Path place = Files.createTempDirectory(folder, "place");
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    Sandbox sandbox = isolation.sandbox(place.resolve("sandbox"), mounts);
    List<String> command = new ArrayList<>(user);
    command.addAll(sandbox.prefix(work));
    command.addAll(List.of("/bin/sh", "-c", script));
    Path log = Files.createTempFile(folder, "run", ".log");
    runner.run(command, Map.of("PATH", "/oci-work/bin"), folder, log);
    return Files.readString(log, StandardCharsets.ISO_8859_1);
  }

  /** Returns a folder with BusyBox's programs, those that administer a system included. */
  private Path bin() throws Exception {
    Path bin = Files.createTempDirectory(folder, "bin");
    Files.setPosixFilePermissions(bin, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name :
        List.of(
            "cat",
            "env",
            "grep",
            "hostname",
            "id",
            "mkdir",
            "mount",
            "rm",
            "sed",
            "setsid",
            "sleep",
            "true",
            "umount",
            "uname",
            "unshare")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("/usr/bin/busybox"));
    }
    Files.createSymbolicLink(bin.resolve("make"), Path.of("/usr/bin/make"));
    return bin;
  }

  private Path work() throws Exception {
    Path work = Files.createDirectory(folder.resolve("wo rk'ü"));
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
    return work;
  }

  @ParameterizedTest
  @MethodSource("users")
  void sandbox_hasOnlyWhatStepsNeed(List<String> user) throws Exception {
    String seen =
        run(
            user,
            work(),
            List.of(),
            "echo /*; pwd; uname -n; id -u;"
                + " env | sed 's/=.*//' | grep -v -e '^_$' -e SHLVL -e '^PWD$'; echo /dev/*;"
                + " hostname other; make -f - <<EOF\nall:\n\t@mkdir made\nEOF\n echo /proc/[a-z]*; uname -n");

    assertThat(seen.lines().toList())
        .element(0)
        .asString()
        .contains("/usr", "/tmp", "/oci-work", "/bin", "/lib64")
        .doesNotContain("/home", "/root", "/run", "/var", "/sys", "/mnt", "/opt");
    assertThat(seen)
        .contains("/oci-work/build\nbuild\n0\n")
        .contains("0\nPATH\n/dev")
        .contains(
            "/dev/fd /dev/full /dev/null /dev/random /dev/stderr /dev/stdin /dev/stdout"
                + " /dev/urandom /dev/zero\n")
        .endsWith("/proc/self /proc/thread-self\nbuild\n");
  }

  @ParameterizedTest
  @MethodSource("users")
  void sandbox_writableFolder_isTheOnlyOne(List<String> user) throws Exception {
    Path work = work();
    Path inputs = Files.createDirectory(folder.resolve("inputs"));
    Files.writeString(inputs.resolve("file"), "input");

    String seen =
        run(
            user,
            work,
            List.of(Mount.readOnly(inputs, "/inputs")),
            "for f in /inputs/file /usr/x /bin/x /etc/passwd /x /dev/x /proc/sys/kernel/hostname"
                + " /tmp/x; do (echo bad > $f) 2>/dev/null && echo written $f;"
                + " rm -f $f 2>/dev/null && echo removed $f; done;"
                + " for o in rw,bind rw; do mount -o remount,$o /inputs 2>/dev/null &&"
                + " echo remounted; done;"
                + " umount /inputs 2>/dev/null && echo unmounted;"
                + " unshare -r true 2>/dev/null && echo another;"
                + " cat /inputs/file > copy; echo done");

    // What was not there was removed by rm -f, which says so in no way.
    assertThat(seen.lines().filter(line -> !line.startsWith("removed")).toList())
        .containsExactly("done");
    assertThat(work.resolve("copy")).hasContent("input");
    assertThat(inputs.resolve("file")).hasContent("input");
  }

  @ParameterizedTest
  @MethodSource("users")
  void sandbox_daemon_endsWithIt(List<String> user) throws Exception {
    Path work = work();
    run(
        user,
        work,
        List.of(),
        "setsid sh -c 'sleep " + Machine.mark(1) + "' > /dev/null 2>&1 & sleep 0.2; echo up > up");

    assertThat(work.resolve("up")).hasContent("up");
    assertThat(Machine.commandLines()).noneMatch(line -> line.contains(Machine.mark(1)));
  }

  @Test
  void probe_kernelDenies_saysWhy() throws Exception {
    Isolation isolation = probe("echo 'unshare failed: Operation not permitted' >&2; exit 1");

    assertThat(isolation.enforced()).isFalse();
    assertThat(isolation.reason()).isEqualTo("unshare failed: Operation not permitted");
  }

  /** Tries with a BusyBox that does as a script says. */
  private Isolation probe(String script) throws Exception {
    Path root = folder.resolve("fake");
    Path busybox = Files.createDirectories(root.resolve("usr/bin")).resolve("busybox");
    Files.writeString(busybox, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(busybox, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Isolation.probe(root, folder.resolve("p"), runner);
  }

  @Test
  void probe_endsInAnUnknownWay_isAnError() {
    assertFails(CompileCode.ISOLATION_UNKNOWN, () -> probe("echo strange; exit 42"))
        .hasMessageContaining("Could not determine whether build steps can be isolated")
        .hasMessageContaining("code=42")
        .hasMessageContaining("strange");
  }

  @Test
  void probe_noBusybox_isAnError() {
    assertFails(
            CompileCode.ISOLATION_UNKNOWN,
            () -> Isolation.probe(folder.resolve("none"), folder.resolve("p"), runner))
        .hasMessageContaining("busybox does not start");
  }

  @Test
  void probe_runnerClosedMeanwhile_isAnInterruptAndNotAMissingIsolation() throws Exception {
    runner.close();

    assertThatThrownBy(() -> probe("exit 1")).isInstanceOf(InterruptedException.class);
  }

  @Test
  void probe_programRunsOutsideTheSandbox_isAnError() {
    // An unshare that does nothing of the kind and runs what it got.
    assertFails(CompileCode.ISOLATION_UNKNOWN, () -> probe("exit 0"))
        .hasMessageContaining("the attempt ended with");
  }

  @Test
  void probe_interrupted_isInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> probe("sleep 20")).isInstanceOf(InterruptedException.class);
  }

  @Test
  void mode_followsWishThenCi() {
    assertThat(IsolationMode.of(Optional.empty(), Optional.empty())).isEqualTo(IsolationMode.AUTO);
    assertThat(IsolationMode.of(Optional.empty(), Optional.of("false")))
        .isEqualTo(IsolationMode.AUTO);
    assertThat(IsolationMode.of(Optional.empty(), Optional.of("true")))
        .isEqualTo(IsolationMode.REQUIRED);
    assertThat(IsolationMode.of(Optional.of("auto"), Optional.of("true")))
        .isEqualTo(IsolationMode.AUTO);
    assertThat(IsolationMode.of(Optional.of("required"), Optional.empty()))
        .isEqualTo(IsolationMode.REQUIRED);
    assertThatThrownBy(() -> IsolationMode.of(Optional.of("off"), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("required or auto, not off");
  }
}
