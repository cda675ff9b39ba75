package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileIdentity;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.store.Incoming;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContentStoreTest {

  private static final byte[] CONTENT = "content".getBytes(UTF_8);
  private static final Digest DIGEST = Digest.of(CONTENT);

  @TempDir private Path cache;
  private final Heard heard = new Heard();

  @Test
  void find_emptyStore_isAbsentAndMakesNothing() throws Exception {
    assertThat(store().find(DIGEST)).isEmpty();
    assertThat(store().origin(DIGEST)).isEmpty();
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void add_content_isFoundByDigest() {
    Path added = store().add(DIGEST, "here", stream(CONTENT));

    assertThat(added)
        .isEqualTo(
            cache
                .resolve("store/sha256")
                .resolve(DIGEST.hex().substring(0, 2))
                .resolve(DIGEST.hex()));
    assertThat(store().find(DIGEST)).contains(added);
    assertThat(store().origin(DIGEST)).contains("here");
  }

  @Test
  void add_otherContent_isRefusedAndLeavesNothing() throws Exception {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> store().add(DIGEST, "here", stream("poison".getBytes(UTF_8))))
        .withMessageContaining("expected " + DIGEST + " (digest-mismatch)");
    assertNothingStored();
  }

  @Test
  void add_streamThatBreaks_leavesNothing() throws Exception {
    InputStream breaking =
        new SequenceInputStream(
            stream(new byte[100_000]),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("cable pulled");
              }
            });

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> store().add(DIGEST, "here", breaking))
        .withMessageContaining("cable pulled");
    assertNothingStored();
  }

  enum Damage {
    FLIPPED_BIT,
    TRUNCATED,
    EMPTY,
    SYMLINK,
    FOLDER
  }

  @ParameterizedTest
  @EnumSource
  void find_damagedFile_isSetAsideAndCanBeAddedAgain(Damage damage) throws Exception {
    Path path = store().add(DIGEST, "here", stream(CONTENT));
    damage(path, damage);

    assertThat(store().find(DIGEST)).isEmpty();

    assertThat(path).doesNotExist();
    assertThat(heard.warnings)
        .singleElement()
        .asString()
        .startsWith("The stored file " + path + " is damaged: ")
        .contains(cache.resolve("store/quarantine").toString());
    assertThat(store().add(DIGEST, "there", stream(CONTENT))).hasBinaryContent(CONTENT);
  }

  @ParameterizedTest
  @EnumSource
  void locate_damagedSinceItWasLocated_isSetAside(Damage damage) throws Exception {
    Path path = store().add(DIGEST, "here", stream(CONTENT));
    assertThat(store().locate(DIGEST)).contains(path);
    damage(path, damage);

    assertThat(store().locate(DIGEST)).isEmpty();

    assertThat(path).doesNotExist();
    assertThat(heard.warnings).hasSize(1);
  }

  @Test
  void locate_untouchedSinceItWasHashed_isNotHashedAgain() throws Exception {
    Path path = store().add(DIGEST, "here", stream(CONTENT));
    assertThat(store().locate(DIGEST)).contains(path);
    damage(path, Damage.FLIPPED_BIT);
    Files.writeString(path.resolveSibling(DIGEST.hex() + ".hashed"), FileIdentity.of(path));

    assertThat(store().locate(DIGEST)).contains(path);
    assertThat(store().find(DIGEST)).isEmpty();
  }

  @Test
  void locate_emptyStore_isAbsentAndMakesNothing() throws Exception {
    assertThat(store().locate(DIGEST)).isEmpty();
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files).isEmpty();
    }
  }

  private void damage(Path path, Damage damage) throws IOException {
    Files.delete(path);
    switch (damage) {
      case FLIPPED_BIT -> {
        byte[] flipped = CONTENT.clone();
        flipped[3] ^= 1;
        Files.write(path, flipped);
      }
      case TRUNCATED -> Files.write(path, new byte[] {'c'});
      case EMPTY -> Files.createFile(path);
      case SYMLINK ->
          // even to the right content: what a link points to may change between check and use
          Files.createSymbolicLink(path, Files.write(cache.resolve("elsewhere"), CONTENT));
      case FOLDER -> Files.createDirectories(path.resolve("inside"));
    }
  }

  @Test
  void add_interruptedThread_isAnInterruptAndLeavesNothing() throws Exception {
    ContentStore store = store();

    assertInterrupted(() -> store.add(DIGEST, "here", stream(CONTENT)));
    assertNothingStored();
  }

  @Test
  void find_interruptedThread_isNoDamage() {
    Path path = store().add(DIGEST, "here", stream(CONTENT));

    Thread.currentThread().interrupt();
    assertThat(store().find(DIGEST)).contains(path);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(heard.warnings).isEmpty();
  }

  @Test
  void incoming_interruptedWhileWriting_isAnInterrupt() {
    try (Incoming incoming = store().incoming(DIGEST)) {
      incoming.write(CONTENT, 1);

      assertInterrupted(() -> incoming.write(CONTENT, 1));
    }
  }

  private static void assertInterrupted(ThrowingCallable call) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(
            () -> {
              Thread.currentThread().interrupt();
              call.call();
            })
        .satisfies(e -> assertThat(e.failure().code()).isEqualTo(CommonCode.INTERRUPTED))
        .withMessageNotContaining("space");
    assertThat(Thread.interrupted()).as("the status is set again").isTrue();
  }

  @Test
  void add_placeThatCannotBeWritten_isNamed() throws Exception {
    // A file where a folder should be stops root as well, which permissions do not.
    Files.createDirectories(cache.resolve("store"));
    Files.writeString(cache.resolve("store/sha256"), "in the way");

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> store().add(DIGEST, "here", stream(CONTENT)))
        .withMessageStartingWith("Could not write " + cache.resolve("store/sha256"))
        .withMessageContaining("choose another cache folder");
    assertThat(store().find(DIGEST)).isEmpty();
  }

  @Test
  void add_afterKilledProcess_removesWhatItLeft() throws Exception {
    Path path = store().add(DIGEST, "here", stream(CONTENT));
    Path leftover = Files.createFile(path.resolveSibling("." + DIGEST.hex() + "-123.part"));
    Path other = Files.createFile(path.resolveSibling("." + "0".repeat(64) + "-123.part"));
    Files.delete(path);

    store().add(DIGEST, "here", stream(CONTENT));

    assertThat(leftover).doesNotExist();
    assertThat(other).exists();
  }

  private void assertNothingStored() throws IOException {
    try (Stream<Path> files = Files.walk(cache.resolve("store/sha256"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private ContentStore store() {
    return new ContentStore(cache, heard::warning);
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
