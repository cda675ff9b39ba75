package io.github.prosodyoci.compile.cache;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class PackageCacheTest {

  private static final Digest INPUT = Digest.of(new byte[] {1});
  private static final Digest OTHER_INPUT = Digest.of(new byte[] {2});
  private static final String APK = "hello-1.0-r0.apk";

  @TempDir private Path folder;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private Path root;
  private PackageCache cache;

  @BeforeEach
  void store() throws Exception {
    root = folder.resolve("cache/packages");
    cache = open(key("key"), false);
    var unused = store(cache, INPUT, "hello");
  }

  private StatementKey key(String name) throws Exception {
    return StatementKey.open(folder.resolve(name).resolve("package-cache.key"));
  }

  private PackageCache open(StatementKey key, boolean rebuild) throws IOException {
    return PackageCache.open(root, key, rebuild, warnings::add);
  }

  private PackageCache.Entry store(PackageCache into, Digest input, String content)
      throws Exception {
    return into.store(entry(input, APK, content), built(content));
  }

  private Path built(String content) throws IOException {
    Path built = Files.createTempDirectory(folder, "built");
    Files.writeString(built.resolve(APK), content);
    Files.writeString(built.resolve("build.log"), "it went well");
    return built;
  }

  private static PackageCache.Entry entry(Digest input, String file, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new PackageCache.Entry(
        input,
        "hello",
        1,
        List.of(
            new BuiltPackage(
                "hello",
                "1.0-r0",
                file,
                Digest.of(bytes),
                bytes.length,
                "MIT",
                List.of(),
                List.of())));
  }

  private Path file(String name) {
    return root.resolve(INPUT.hex()).resolve(name);
  }

  /** What is found by another build, which has warned of nothing yet. */
  private Optional<PackageCache.Entry> found() throws Exception {
    warnings.clear();
    return open(key("key"), false).find(INPUT, "hello");
  }

  private void assertRefused(String reason) throws Exception {
    assertThat(found()).isEmpty();
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("The cached packages of hello are not used: ")
        .contains(reason, root.resolve(INPUT.hex()).toString())
        .endsWith("They are built again");
    // What is built in its place counts again.
    var unused = store(open(key("key"), false), INPUT, "hello");
    assertThat(found()).isPresent();
    assertThat(warnings).isEmpty();
    assertThat(file(APK)).hasContent("hello");
  }

  @Test
  void find_stored_isFound() throws Exception {
    assertThat(found()).contains(entry(INPUT, APK, "hello"));
    assertThat(cache.find(OTHER_INPUT, "other")).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void find_packageChanged_isRefused() throws Exception {
    Files.writeString(file(APK), "jello");
    assertRefused(APK + ": expected sha256:");
  }

  @Test
  void find_packageCutShort_isRefused() throws Exception {
    Files.writeString(file(APK), "");
    assertRefused(APK + ": expected sha256:");
  }

  @Test
  void find_packageGone_isRefused() throws Exception {
    Files.delete(file(APK));
    assertRefused("its files are not those in its statement");
  }

  @Test
  void find_packageAndManifestChangedTogether_isRefused() throws Exception {
    // The examiner's proof: the manifest agrees with what was put there.
    Files.writeString(file(APK), "evil!");
    Json.write(file("manifest.json"), entry(INPUT, APK, "evil!"));
    assertRefused("expected sha256:");
  }

  @Test
  void find_statementUnreadable_isRefused() throws Exception {
    Files.setPosixFilePermissions(
        file("statement.json"), PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(file("statement.json")), "root can read everything");
    assertRefused("it cannot be read: permission denied");
  }

  @Test
  void find_entryIsAFile_isRefused() throws Exception {
    Folders.delete(root.resolve(INPUT.hex()));
    Files.writeString(root.resolve(INPUT.hex()), "a file");
    assertRefused("is not a folder");
  }

  @Test
  void find_interrupted_isNotTakenForDamage() throws Exception {
    PackageCache fresh = open(key("key"), false);
    Thread.currentThread().interrupt();
    try {
      assertThat(fresh.find(INPUT, "hello")).isPresent();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(warnings).isEmpty();
  }

  /** Stores packages as another process does: cache, key, folder to build in, and content. */
  static final class OtherProcess {

    private OtherProcess() {}

    public static void main(String[] arguments) throws Exception {
      Path built = Files.createDirectories(Path.of(arguments[2]));
      Files.writeString(built.resolve(APK), arguments[3]);
      PackageCache cache =
          PackageCache.open(
              Path.of(arguments[0]),
              StatementKey.open(Path.of(arguments[1])),
              false,
              warning -> {
                throw new IllegalStateException(warning);
              });
      PackageCache.Entry stored = cache.store(entry(OTHER_INPUT, APK, arguments[3]), built);
      System.out.print(stored.packages().get(0).digest());
    }
  }

  @Test
  @Timeout(120)
  void store_severalProcessesAtOnce_leaveOneWholeEntry() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  OtherProcess.class.getName(),
                  root.toString(),
                  folder.resolve("key/package-cache.key").toString(),
                  folder.resolve("process" + i).toString(),
                  "of process " + i)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
    Set<String> stored = new HashSet<>();
    for (Process process : processes) {
      stored.add(
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
      assertThat(process.waitFor()).isZero();
    }

    // All were told of the same packages: those of the first, whichever that was.
    assertThat(stored).hasSize(1);
    Optional<PackageCache.Entry> found = open(key("key"), false).find(OTHER_INPUT, "hello");
    assertThat(found.orElseThrow().packages().get(0).digest())
        .hasToString(stored.iterator().next());
    assertThat(warnings).isEmpty();
  }

  @Test
  void find_manifestDamaged_isRefused() throws Exception {
    Files.writeString(file("manifest.json"), "{");
    assertRefused("manifest.json: expected sha256:");
  }

  @Test
  void find_statementDamaged_isRefused() throws Exception {
    Files.writeString(file("statement.json"), "{\"payload\": \"%\", \"signatures\": []}");
    assertRefused("its statement is damaged");
  }

  @Test
  void find_statementNotJson_isRefused() throws Exception {
    Files.writeString(file("statement.json"), "[".repeat(100_000));
    assertRefused("its statement is damaged");
  }

  @Test
  void find_statementOfWhatWasPutThereWithoutTheKey_isRefused() throws Exception {
    Path evil = folder.resolve("evil");
    PackageCache attacker = PackageCache.open(evil, key("attacker"), false, warnings::add);
    var unused = store(attacker, INPUT, "evil!");
    for (String name : List.of(APK, "manifest.json", "build.log", "statement.json")) {
      Files.copy(
          evil.resolve(INPUT.hex()).resolve(name), file(name), StandardCopyOption.REPLACE_EXISTING);
    }
    assertRefused("its statement is not signed with this user's key");
  }

  @Test
  void find_signatureRemoved_isRefused() throws Exception {
    Statement.Envelope genuine = Json.read(file("statement.json"), Statement.Envelope.class);
    Json.write(
        file("statement.json"),
        new Statement.Envelope(genuine.payload(), genuine.payloadType(), List.of()));
    assertRefused("its statement is not signed with this user's key");
  }

  @Test
  void find_payloadTypeChanged_isRefused() throws Exception {
    Statement.Envelope genuine = Json.read(file("statement.json"), Statement.Envelope.class);
    Json.write(
        file("statement.json"),
        new Statement.Envelope(genuine.payload(), "text/plain", genuine.signatures()));
    assertRefused("its statement is not signed with this user's key");
  }

  @Test
  void find_wholeOtherEntryInItsPlace_isRefused() throws Exception {
    var unused = store(cache, OTHER_INPUT, "older");
    for (String name : List.of(APK, "manifest.json", "build.log", "statement.json")) {
      Files.copy(
          root.resolve(OTHER_INPUT.hex()).resolve(name),
          file(name),
          StandardCopyOption.REPLACE_EXISTING);
    }
    assertRefused("its statement belongs to another entry");
  }

  @Test
  void find_fileAdded_isRefused() throws Exception {
    Files.writeString(file("more"), "x");
    assertRefused("its files are not those in its statement");
  }

  @Test
  void find_signedNameThatLeadsOut_isRefused() throws Exception {
    Files.writeString(root.resolve("outside.apk"), "hello");
    for (String name : List.of("../outside.apk", "..", "a/b", "line\nend")) {
      Json.write(file("manifest.json"), entry(INPUT, name, "hello"));
      java.util.TreeMap<String, Digest> files = new java.util.TreeMap<>();
      for (String each : List.of(APK, "manifest.json", "build.log")) {
        files.put(each, Digest.of(file(each)));
      }
      Files.write(file("statement.json"), new Statement(INPUT, "hello", files).signed(key("key")));
      assertRefused("one of its files has a name that is not plain");
    }
  }

  @Test
  void find_packageIsALink_isRefused() throws Exception {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "hello");
    Files.delete(file(APK));
    Files.createSymbolicLink(file(APK), elsewhere);
    assertRefused(APK + " is not a regular file");
  }

  @Test
  void find_entryIsALink_isRefusedAndItsTargetLeftAlone() throws Exception {
    Path elsewhere = Files.move(root.resolve(INPUT.hex()), folder.resolve("elsewhere"));
    Files.createSymbolicLink(root.resolve(INPUT.hex()), elsewhere);
    assertRefused("is not a folder");
    assertThat(elsewhere.resolve(APK)).exists();
    assertThat(Files.isDirectory(root.resolve(INPUT.hex()), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void find_othersCouldWriteAFile_isRefused() throws Exception {
    for (String name : List.of(APK, "manifest.json", "statement.json", "build.log")) {
      Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-r--rw-"));
      assertRefused(name + " has mode 0646, expected 0644: other users could change it");
    }
  }

  @Test
  void find_othersCouldWriteTheEntry_isRefused() throws Exception {
    Files.setPosixFilePermissions(
        root.resolve(INPUT.hex()), PosixFilePermissions.fromString("rwxrwxr-x"));
    assertRefused("has mode 0775, expected 0755: other users could change it");
  }

  @Test
  void find_entryOfAnotherUser_isRefused() throws Exception {
    long me = (Integer) Files.getAttribute(root, "unix:uid");
    OwnFiles stranger = new OwnFiles(me + 1);
    // Root is trusted by everybody, so only an ordinary user's files can be a stranger's.
    if (me == 0) {
      Files.setAttribute(file(APK), "unix:uid", 12345);
      assertRefused("belongs to user 12345, expected this user (0) or root");
    } else {
      assertThat(stranger.objectionToFile(file(APK), OwnFiles.WRITABLE))
          .hasValueSatisfying(
              reason ->
                  assertThat(reason).contains("belongs to user " + me + ", expected this user"));
    }
  }

  @Test
  void open_othersCouldWriteTheCache_stops() throws Exception {
    StatementKey key = key("key");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertFails(CompileCode.CACHE_REFUSED, () -> open(key, false))
        .hasMessageContaining(root + " has mode 0777, expected 0755")
        .hasMessageContaining("(cache-refused)")
        .hasMessageContaining("-Dprosodyoci.cache=");
  }

  @Test
  void open_cacheIsALink_stops() throws Exception {
    StatementKey key = key("key");
    Path moved = Files.move(root, folder.resolve("moved"));
    Files.createSymbolicLink(root, moved);

    assertFails(CompileCode.CACHE_REFUSED, () -> open(key, false))
        .hasMessageContaining(root + " is not a folder");
  }

  @Test
  void find_keyReplaced_isRefused() throws Exception {
    Files.copy(folder.resolve("key/package-cache.key"), folder.resolve("old"));
    Files.delete(folder.resolve("key/package-cache.key"));
    assertRefused("its statement is not signed with this user's key");
  }

  @Test
  void find_cacheOfAnEarlierVersion_isBuiltAgainWithOneLineForAll() throws Exception {
    var unused = store(cache, OTHER_INPUT, "older");
    for (Digest input : List.of(INPUT, OTHER_INPUT)) {
      Files.delete(root.resolve(input.hex()).resolve("statement.json"));
    }
    warnings.clear();
    PackageCache later = open(key("key"), false);

    assertThat(later.find(INPUT, "hello")).isEmpty();
    assertThat(later.find(INPUT, "hello")).isEmpty();
    assertThat(later.find(OTHER_INPUT, "older")).isEmpty();
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("Cached packages without a signed statement, such as those of hello in ");
  }

  @Test
  void find_rebuild_findsNothing() throws Exception {
    assertThat(open(key("key"), true).find(INPUT, "hello")).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void store_rebuiltTheSame_keepsWhatIsThere() throws Exception {
    Object before = Files.getAttribute(file(APK), "unix:ino");

    assertThat(store(open(key("key"), true), INPUT, "hello")).isEqualTo(entry(INPUT, APK, "hello"));

    assertThat(Files.getAttribute(file(APK), "unix:ino")).isEqualTo(before);
    assertThat(warnings).isEmpty();
  }

  @Test
  void store_rebuiltDifferently_replacesWhatIsThereAndSaysSo() throws Exception {
    var unused = store(open(key("key"), true), INPUT, "other");

    assertThat(file(APK)).hasContent("other");
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("The packages of hello differ from those in the cache");
    assertThat(found()).contains(entry(INPUT, APK, "other"));
  }

  @Test
  void store_sharedUmask_closesTheEntryToOthers() throws Exception {
    Path built = built("second");
    Files.setPosixFilePermissions(built, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(built.resolve(APK), PosixFilePermissions.fromString("rw-rw-rw-"));

    var unused = cache.store(entry(OTHER_INPUT, APK, "second"), built);

    assertThat(cache.find(OTHER_INPUT, "hello")).isPresent();
    assertThat(warnings).isEmpty();
  }

  @Test
  void store_severalBuildsAtOnce_leaveOneWholeEntry() throws Exception {
    int builds = 8;
    ExecutorService threads = Executors.newFixedThreadPool(builds);
    try {
      List<Callable<PackageCache.Entry>> work = new ArrayList<>();
      for (int i = 0; i < builds; i++) {
        // Not reproducible, so that a mixture of two would be noticed.
        String content = "build " + i;
        PackageCache each = open(key("key"), false);
        work.add(() -> store(each, OTHER_INPUT, content));
      }
      List<PackageCache.Entry> stored = new ArrayList<>();
      for (Future<PackageCache.Entry> each : threads.invokeAll(work)) {
        stored.add(each.get());
      }

      assertThat(stored).containsOnly(stored.get(0));
      assertThat(cache.find(OTHER_INPUT, "hello")).contains(stored.get(0));
    } finally {
      threads.shutdownNow();
    }
    assertThat(warnings).isEmpty();
    try (Stream<Path> files = Files.list(root)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              INPUT.hex(), OTHER_INPUT.hex(), OTHER_INPUT.hex() + ".used", ".store.lock");
    }
  }

  @Test
  void statement_isADsseEnvelopeThatOpensslVerifies() throws Exception {
    Statement.Envelope envelope = Json.read(file("statement.json"), Statement.Envelope.class);
    byte[] payload = java.util.Base64.getDecoder().decode(envelope.payload());
    String text = new String(payload, StandardCharsets.UTF_8);
    assertThat(text)
        .startsWith(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"build.log\"")
        .contains(
            "{\"name\":\"" + APK + "\",\"digest\":{\"sha256\":\"" + Digest.of(file(APK)).hex())
        .endsWith("\"predicate\":{\"input\":\"" + INPUT + "\",\"recipe\":\"hello\"}}");
    Path signed =
        Files.writeString(
            folder.resolve("signed"),
            "DSSEv1 28 application/vnd.in-toto+json " + payload.length + " " + text);
    Path signature =
        Files.write(
            folder.resolve("signature"),
            java.util.Base64.getDecoder().decode(envelope.signatures().get(0).sig()));
    String pem = Files.readString(folder.resolve("key/package-cache.key"));
    Path publicKey =
        Files.writeString(
            folder.resolve("public"), pem.substring(pem.indexOf("-----BEGIN PUBLIC")));
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "pkeyutl",
                "-verify",
                "-rawin",
                "-pubin",
                "-inkey",
                publicKey.toString(),
                "-in",
                signed.toString(),
                "-sigfile",
                signature.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("Signature Verified Successfully");
    assertThat(openssl.waitFor()).isZero();
  }
}
