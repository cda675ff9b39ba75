package io.github.prosodyoci.compile.cache;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.report.CompileCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatementKeyTest {

  private static final byte[] TEXT = "text".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("config/prosody-oci/package-cache.key");
  }

  @Test
  void open_noKey_makesOneForItsOwnerOnly() throws Exception {
    StatementKey made = StatementKey.open(file);
    StatementKey read = StatementKey.open(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    assertThat(read.id()).isEqualTo(made.id());
    assertThat(read.verifies(TEXT, made.sign(TEXT))).isTrue();
    assertThat(read.verifies(new byte[] {1}, made.sign(TEXT))).isFalse();
  }

  private void assertRefused(String reason) {
    assertFails(CompileCode.CACHE_KEY, () -> StatementKey.open(file))
        .hasMessageContaining("Could not use the package cache's key " + file + ": ")
        .hasMessageContaining(reason)
        .hasMessageContaining("(cache-key)");
  }

  @Test
  void open_othersCanReadIt_stops() throws Exception {
    var unused = StatementKey.open(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertRefused("has mode 0644, expected 0600: other users could read it");
  }

  @Test
  void open_othersCanReplaceIt_stops() throws Exception {
    var unused = StatementKey.open(file);
    Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertRefused("has mode 0777, expected 0755: other users could change it");
  }

  @Test
  void open_link_stops() throws Exception {
    Path elsewhere = folder.resolve("attacker/key");
    var unused = StatementKey.open(elsewhere);
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, elsewhere);
    assertRefused("is not a regular file");
  }

  @Test
  void open_danglingLink_stopsAndMakesNothing() throws Exception {
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, folder.resolve("nowhere"));
    assertRefused("is not a regular file");
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  @Test
  void open_otherHalfSwapped_stops() throws Exception {
    var unused = StatementKey.open(file);
    Path other = folder.resolve("attacker/key");
    var alsoUnused = StatementKey.open(other);
    String mine = Files.readString(file);
    String theirs = Files.readString(other);
    int at = mine.indexOf("-----BEGIN PUBLIC");
    Files.writeString(
        file, mine.substring(0, at) + theirs.substring(theirs.indexOf("-----BEGIN PUBLIC")));
    assertRefused("its two halves do not belong together");
  }

  @Test
  void open_rubbish_stops() throws Exception {
    var unused = StatementKey.open(file);
    for (String text : List.of("", "rubbish", "-----BEGIN PRIVATE KEY-----\nAA==\n")) {
      Files.writeString(file, text);
      assertRefused("it is not an Ed25519 key with its public half, as PEM");
    }
  }

  @Test
  void open_severalBuildsAtOnce_makeOneKey() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<String>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        work.add(() -> StatementKey.open(file).id());
      }
      List<String> ids = new ArrayList<>();
      for (Future<String> each : threads.invokeAll(work)) {
        ids.add(each.get());
      }
      assertThat(ids).containsOnly(StatementKey.open(file).id());
    } finally {
      threads.shutdownNow();
    }
  }
}
