package io.github.prosodyoci.fetch.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.UseMark;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.maven.GoalFixture;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheMojoTest {

  @TempDir private Path folder;
  private Path cache;
  private GoalFixture maven;

  @BeforeEach
  void prepare() {
    cache = folder.resolve("cache");
    maven = new GoalFixture(folder);
  }

  @Test
  void execute_nothingAsked_showsEachPart() throws Exception {
    store("hello", "2026-01-02T03:04:05Z");

    mojo().execute();

    assertThat(maven.info)
        .containsExactly(
            "The cache " + cache + " holds:",
            "  sources: 1 (0.0 MB), that used longest ago on 2026-01-02",
            "  packages: 0 (0.0 MB)",
            "  build roots: 0 (0.0 MB)");
  }

  @Test
  void execute_unusedDays_removesAndSaysSo() throws Exception {
    Path old = store("old", "2020-01-01T00:00:00Z");
    Path fresh = store("fresh", Instant.now().toString());
    CacheMojo mojo = mojo();
    set(mojo, "unusedDays", 30);

    mojo.execute();

    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
    assertThat(maven.info).contains("Removed 1 (0.0 MB)");
  }

  @Test
  void execute_damagedFile_isSetAsideAndCounted() throws Exception {
    store("good", Instant.now().toString());
    Path bad = store("bad", Instant.now().toString());
    Files.setPosixFilePermissions(bad, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(bad, "BAD");
    CacheMojo mojo = mojo();
    set(mojo, "verify", true);

    mojo.execute();

    assertThat(bad).doesNotExist();
    assertThat(maven.warnings)
        .singleElement()
        .asString()
        .contains(bad + " is damaged", "quarantine");
    assertThat(maven.info)
        .anyMatch(line -> line.startsWith("1 of 2 stored files have their digest."));
  }

  @Test
  void execute_sizeThatIsNotPositive_isRefused() throws Exception {
    CacheMojo mojo = mojo();
    set(mojo, "maximumMegabytes", 0);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining("prosodyoci.cache.maximumMegabytes=0: it is not positive");
  }

  private CacheMojo mojo() throws ReflectiveOperationException {
    return maven.prepare(new CacheMojo(), "prosody-fetch:cache");
  }

  private Path store(String content, String lastUse) throws Exception {
    byte[] bytes = content.getBytes(UTF_8);
    Path file =
        new ContentStore(cache)
            .add(Digest.of(bytes), "https://example.org/", new ByteArrayInputStream(bytes));
    UseMark.renew(file);
    Files.setLastModifiedTime(UseMark.of(file), FileTime.from(Instant.parse(lastUse)));
    return file;
  }
}
