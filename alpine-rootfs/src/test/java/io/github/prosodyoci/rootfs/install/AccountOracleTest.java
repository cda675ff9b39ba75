package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.packages.Alpine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts do to users and groups here, against what they do in genuine BusyBox. */
@Tag("slow")
class AccountOracleTest {

  private static final List<String> FILES =
      List.of(Accounts.PASSWD, Accounts.GROUP, Accounts.SHADOW);
  private static final int RANDOM_SCRIPTS = Integer.getInteger("accountScripts", 60);
  private static final long SEED = Long.getLong("seed", 11);

  @TempDir static Path folder;
  private static Path base;

  /** What a script left behind. */
  private record Outcome(Map<String, String> files, SortedSet<String> homes, boolean failed) {}

  @BeforeAll
  static void makeRoot() throws IOException {
    Alpine.assumeRoot();
    Alpine.Tool apk = Alpine.Tool.unpack(folder.resolve("tool"));
    base = folder.resolve("base");
    apk.run(
            "add",
            "--root",
            base,
            "--initdb",
            "--arch",
            "x86_64",
            "--keys-dir",
            Alpine.repository().resolve("keys"),
            "-X",
            Alpine.repository(),
            "alpine-baselayout",
            "busybox")
        .success();
  }

  private static Alpine.Result run(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Alpine.Result(process.waitFor(), output);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private Outcome byBusybox(String script) throws IOException {
    Path root = folder.resolve("root");
    run("rm", "-rf", root.toString()).success();
    run("cp", "-a", base.toString(), root.toString()).success();
    Files.writeString(root.resolve("srv/script"), script);
    int status = run("chroot", root.toString(), "/bin/sh", "/srv/script").status();
    Files.delete(root.resolve("srv/script"));
    Map<String, String> files = new TreeMap<>();
    for (String file : FILES) {
      files.put(file, withoutDay(Files.readString(root.resolve(file))));
    }
    SortedSet<String> homes = new TreeSet<>(folders(root));
    homes.removeAll(folders(base));
    return new Outcome(files, homes, status != 0);
  }

  private static List<String> folders(Path root) throws IOException {
    return run("find", root.toString(), "-type", "d", "-printf", "%P %U:%G %m\n")
        .success()
        .lines()
        .toList();
  }

  private static String withoutDay(String text) {
    return text.replaceAll("(?m):!:[0-9]+:", ":!:DAY:");
  }

  private Optional<Outcome> byUs(String text) throws IOException {
    Optional<AccountScript> script = AccountScript.parse(text);
    if (script.isEmpty()) {
      return Optional.empty();
    }
    Accounts accounts = new Accounts(Instant.EPOCH);
    for (String file : FILES) {
      accounts.load(file, Files.readAllBytes(base.resolve(file)));
    }
    Map<String, String> homes = new TreeMap<>();
    Optional<String> failure =
        script
            .get()
            .run(
                accounts,
                (path, uid, gid) -> {
                  if (Files.isDirectory(base.resolve(path).getParent())) {
                    homes.put(path, uid + ":" + gid + " 2755");
                  }
                });
    Map<String, String> files = new TreeMap<>();
    accounts
        .contents()
        .forEach(
            (path, bytes) ->
                files.put(path, withoutDay(new String(bytes, StandardCharsets.UTF_8))));
    SortedSet<String> made = new TreeSet<>();
    homes.forEach((path, facts) -> made.add(path + " " + facts));
    return Optional.of(new Outcome(files, made, failure.isPresent()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "addgroup -S chrony 2>/dev/null\n"
            + "adduser -S -D -h /var/log/chrony -s /sbin/nologin -G chrony -g chrony chrony"
            + " 2>/dev/null\n\nexit 0",
        "adduser -S -D asterisk",
        "adduser -S sentry\nadduser -S systemd",
        "adduser -D me",
        "adduser -D -H me\nadduser -D -H you",
        "adduser -D -u 0 foo",
        "adduser -D -H -u 10 foo || true",
        "addgroup -g 0 foo",
        "addgroup -S -g 42 shadow 2>/dev/null\nexit 0",
        "addgroup -g 1000 a\nadduser -D b\nadduser -D -u 1000 c",
        "addgroup -g 1500 a\nadduser -D -u 1500 b",
        "addgroup foo\nadduser -D foo\nadduser -D -H x",
        "adduser -S -D -G nosuch bar",
        "addgroup nosuchuser disk",
        "addgroup root nosuchgroup",
        "addgroup root disk\naddgroup root audio\naddgroup -S root video",
        "addgroup -S -g 70 postgres 2>/dev/null\n"
            + "adduser -S -u 70 -D -G postgres -h /var/lib/postgresql -s /bin/sh"
            + " -g \"Postgres user\" postgres 2>/dev/null",
        "adduser -S -D -h /var/lib/no/such foo",
        "adduser -S -D -h /srv/ foo",
        "adduser -SDHh /var/x -s /bin/x foo",
        "adduser -Du1234 -Gdisk foo",
        "adduser foo -D -H",
        "adduser -S \\\n  -D -H \\\n  foo",
        "user=svc\ngroup=\"$user\"\naddgroup -S $group\nadduser -S -D -H -G ${group} -g \"$user d\""
            + " $user &>/dev/null",
        "exit 0\naddgroup -S foo",
        "addgroup -S foo; exit 3",
        "addgroup -S foo\naddgroup -S foo\nexit",
        "adduser -D -s '' a\nadduser -D -g '' b\nadduser -D -s /x -g 'B, C' c",
        "adduser -D -H -u 256000 a\naddgroup -g 65536 b",
        "adduser -D 1foo\nadduser -D -H Foo.bar-\naddgroup 9x\naddgroup -S x.",
        "addgroup -S foo ||\n true",
        ":\ntrue\nadduser -S foo # comment \\\n"
      })
  void script_understood_doesWhatBusyboxDoes(String lines) throws IOException {
    String script = "#!/bin/sh\n" + lines + "\n";
    assertThat(byUs(script)).contains(byBusybox(script));
  }

  @Test
  void randomScripts_doWhatBusyboxDoes() throws IOException {
    Random random = new Random(SEED);
    for (int i = 0; i < RANDOM_SCRIPTS; i++) {
      StringBuilder script = new StringBuilder("#!/bin/sh\n");
      for (int line = random.nextInt(5); line >= 0; line--) {
        script.append(String.join(" ", command(random))).append('\n');
      }
      assertThat(byUs(script.toString()))
          .as("seed %d, script %d: %s", SEED, i, script)
          .contains(byBusybox(script.toString()));
    }
  }

  private static List<String> command(Random random) {
    List<String> names = List.of("a", "b", "c", "root", "disk", "nogroup", "daemon");
    List<String> numbers = List.of("0", "10", "82", "100", "101", "500", "1000", "1001");
    boolean user = random.nextBoolean();
    List<String> words = new ArrayList<>(List.of(user ? "adduser" : "addgroup"));
    boolean joins = !user && random.nextInt(3) == 0;
    if (random.nextBoolean()) {
      words.add("-S");
    }
    if (user) {
      words.add("-D");
      if (random.nextBoolean()) {
        words.add("-H");
      }
      if (random.nextBoolean()) {
        words.addAll(List.of("-G", pick(random, names)));
      }
      if (random.nextInt(3) == 0) {
        words.addAll(List.of("-h", pick(random, List.of("/srv/a", "/srv/b/c", "/opt", "/opt/x"))));
      }
    }
    if (!joins && random.nextInt(3) == 0) {
      words.addAll(List.of(user ? "-u" : "-g", pick(random, numbers)));
    }
    words.add(pick(random, names));
    if (joins) {
      words.add(pick(random, names));
    }
    return words;
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
