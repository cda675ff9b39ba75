package io.github.prosodyoci.fetch.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.UseMark;
import io.github.prosodyoci.fetch.store.ContentStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheCleanerTest {

  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

  @TempDir private Path cache;
  private final CacheCleaner cleaner = new CacheCleaner(Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void read_emptyCache_holdsNothing() throws IOException {
    assertThat(CacheInventory.read(cache.resolve("none")).entries()).isEmpty();
  }

  @Test
  void read_eachPart_hasItsSizeAndLastUse() throws IOException {
    Path source = source("hello", 3);
    Path folder = packages("a", 7);
    Path root = buildRoot(5);
    Files.createDirectories(cache.resolve("keys"));
    Files.writeString(cache.resolve("keys/prosody-oci.rsa"), "secret");
    Files.createDirectories(cache.resolve("packages/not-a-key"));

    assertThat(CacheInventory.read(cache).entries())
        .containsExactly(
            new CacheEntry(CachePart.SOURCES, source, 5, daysAgo(3)),
            new CacheEntry(CachePart.PACKAGES, folder, 3, daysAgo(7)),
            new CacheEntry(CachePart.BUILD_ROOTS, root, 4, daysAgo(5)));
  }

  @Test
  void clean_unusedForLongerThanAsked_removesAllOfTheEntry() throws IOException {
    Path old = source("old", 31);
    Path recent = source("recent", 29);
    Path folder = packages("a", 31);
    Path root = buildRoot(31);

    CleanResult result = cleaner.clean(unusedFor(30));

    assertThat(result.removed())
        .extracting(CacheEntry::path)
        .containsExactlyInAnyOrder(old, folder, root);
    assertThat(result.kept().entries()).extracting(CacheEntry::path).containsExactly(recent);
    assertThat(namesBelow(cache.resolve("store/sha256")))
        .allMatch(name -> name.startsWith(recent.getFileName().toString()))
        .hasSize(3); // the file, its origin and its mark
    assertThat(namesBelow(cache.resolve("packages"))).isEmpty();
    assertThat(namesBelow(cache.resolve("build-root"))).isEmpty();
  }

  @Test
  void clean_tooLarge_removesWhatWasUsedLongestAgoAndNothingOfToday() throws IOException {
    Path oldest = source("oldest", 20);
    Path older = source("old", 10);
    Path today = source("used today", 0);

    assertThat(cleaner.clean(atMost(13)).removed())
        .extracting(CacheEntry::path)
        .containsExactly(oldest);
    assertThat(cleaner.clean(atMost(1)).removed())
        .extracting(CacheEntry::path)
        .containsExactly(older);
    assertThat(today).exists();
  }

  @Test
  void clean_foldersWithoutWritePermission_areRemoved() throws IOException {
    Path root = buildRoot(31);
    Files.setPosixFilePermissions(
        root.resolve("usr"), PosixFilePermissions.fromString("r-xr-xr-x"));

    cleaner.clean(unusedFor(30));

    assertThat(root).doesNotExist();
  }

  @Test
  void clean_restOfARunThatWasCutOff_isRemoved() throws IOException {
    packages("a", 31);
    Path rest = Files.createDirectories(cache.resolve("packages/.removed-1/inside"));

    cleaner.clean(unusedFor(30));

    assertThat(rest.getParent()).doesNotExist();
  }

  @Test
  void clean_linkInPlaceOfAFolder_leavesWhatItPointsTo() throws IOException {
    Path outside = Files.createDirectories(cache.resolve("outside"));
    Files.writeString(outside.resolve("file"), "mine");
    Path link = cache.resolve("packages").resolve("b".repeat(64));
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, outside);
    mark(link, 31);

    cleaner.clean(unusedFor(30));

    assertThat(link).doesNotExist();
    assertThat(outside.resolve("file")).hasContent("mine");
  }

  @Test
  void cleanDaily_secondTimeWithinADay_doesNothing() throws IOException {
    source("a", 100);
    assertThat(cleaner.cleanDaily(cache, Duration.ofDays(90))).hasSize(1);
    Path again = source("b", 100);

    Instant written = UseMark.lastUse(cache.resolve("cleaned"));
    CacheCleaner soon =
        new CacheCleaner(Clock.fixed(written.plus(Duration.ofHours(23)), ZoneOffset.UTC));
    assertThat(soon.cleanDaily(cache, Duration.ofDays(90))).isEmpty();
    CacheCleaner later =
        new CacheCleaner(Clock.fixed(written.plus(Duration.ofHours(25)), ZoneOffset.UTC));
    assertThat(later.cleanDaily(cache, Duration.ofDays(90)))
        .extracting(CacheEntry::path)
        .containsExactly(again);
  }

  @Test
  void locate_storedFile_countsAsUse() throws IOException {
    Path file = source("a", 100);
    Digest digest = Digest.of(file);

    assertThat(new ContentStore(cache).locate(digest)).contains(file);

    assertThat(UseMark.lastUse(file)).isAfter(daysAgo(100));
  }

  private CleanRequest atMost(long bytes) {
    return new CleanRequest(cache, Optional.empty(), Optional.of(bytes));
  }

  private CleanRequest unusedFor(int days) {
    return new CleanRequest(cache, Optional.of(Duration.ofDays(days)), Optional.empty());
  }

  private Path source(String content, int days) throws IOException {
    byte[] bytes = content.getBytes(UTF_8);
    Path file =
        new ContentStore(cache)
            .add(Digest.of(bytes), "https://example.org/" + days, new ByteArrayInputStream(bytes));
    mark(file, days);
    return file;
  }

  private Path packages(String digit, int days) throws IOException {
    Path folder = Files.createDirectories(cache.resolve("packages").resolve(digit.repeat(64)));
    Files.writeString(folder.resolve("a.apk"), "apk");
    mark(folder, days);
    return folder;
  }

  private Path buildRoot(int days) throws IOException {
    Path folder = cache.resolve("build-root/0123456789abcdef");
    Files.createDirectories(folder.resolve("usr"));
    Files.writeString(folder.resolve("usr/tool"), "tool");
    Files.writeString(folder.resolveSibling("0123456789abcdef.json"), "{}");
    mark(folder, days);
    return folder;
  }

  private static void mark(Path entry, int days) throws IOException {
    UseMark.renew(entry);
    Files.setLastModifiedTime(UseMark.of(entry), FileTime.from(daysAgo(days)));
  }

  private static Instant daysAgo(int days) {
    return NOW.minus(Duration.ofDays(days));
  }

  private static List<String> namesBelow(Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      return below.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    }
  }
}
