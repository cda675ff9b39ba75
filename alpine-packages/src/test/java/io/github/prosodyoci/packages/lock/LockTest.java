package io.github.prosodyoci.packages.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.StaticServer;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.packages.resolve.Repository;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LockTest {

  private static final Platform PLATFORM = Platform.LINUX_AMD64;
  private static Signer signer;

  @TempDir Path folder;
  private final List<Path> packages = new ArrayList<>();
  private StaticServer server;
  private Path lockFile;
  private RemoteRepository remote;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  @BeforeEach
  void publish() throws IOException {
    server = new StaticServer(folder.resolve("www"));
    lockFile = folder.resolve("alpine.lock");
    remote = remote(TrustedKeys.of(signer));
    add("app", "1-r0", "lib");
    add("lib", "1-r0");
    add("other", "1-r0");
    index();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RemoteRepository remote(TrustedKeys keys) {
    return new RemoteRepository(server.url() + "/v1/", "", "", keys);
  }

  private void add(String name, String version, String... depends) throws IOException {
    PackageInfo info =
        PackageInfo.builder(name, version, "x86_64").license("MIT").depends(depends).build();
    Path file = folder.resolve("www/v1/x86_64").resolve(info.fileName());
    byte[] content = (name + version).getBytes(StandardCharsets.UTF_8);
    new PackageWriter(signer)
        .write(
            file,
            info,
            Map.of(),
            List.of(
                PackageFile.of(TarEntry.file("usr/" + name, 0644, content.length, 0), content)));
    packages.add(file);
  }

  private void index() throws IOException {
    new IndexWriter(signer)
        .write(folder.resolve("www/v1/x86_64/APKINDEX.tar.gz"), packages, "test");
  }

  private static FetchSettings settings(boolean offline) {
    return FetchSettings.STANDARD.withOffline(offline).withRetries(1, Duration.ofMillis(1));
  }

  private Lock lock(String... world) throws IOException {
    Lock before = Lock.read(lockFile);
    Locker locker =
        new Locker(
            PLATFORM,
            Repositories.Network.of(folder.resolve("cache"), settings(false), Progress.SILENT),
            before);
    Lock after = before.with(PLATFORM, locker.lock(List.of(locker.index(remote)), world(world)));
    after.write(lockFile);
    return after;
  }

  private static List<Dependency> world(String... entries) {
    return Arrays.stream(entries).map(Dependency::parse).toList();
  }

  private List<String> build(boolean offline, String... world) throws IOException {
    LockedPackages locked = new LockedPackages(lockFile, Lock.read(lockFile), PLATFORM);
    locked.check(List.of(remote));
    List<PackageRepository> opened = List.of(locked.open(remote, fetcher(offline)));
    locked.check(opened, world(world));
    List<String> names = new ArrayList<>();
    List<Repository> repositories = opened.stream().map(PackageRepository::packages).toList();
    for (Selected selected : new Resolver(repositories).resolve(world(world)).packages()) {
      opened.get(selected.repository()).open(selected.entry()).verify();
      names.add(selected.entry().info().nameVersion());
    }
    return names;
  }

  private Fetcher fetcher(boolean offline) {
    return new Fetcher(folder.resolve("cache"), settings(offline), Progress.SILENT);
  }

  private void assertDrift(String part, String... world) {
    assertThatThrownBy(() -> build(false, world))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(PackageCode.LOCK))
        .hasMessageStartingWith("Could not use the lock " + lockFile)
        .hasMessageContaining(part)
        .hasMessageContaining("mvn package -Dprosodyoci.lock=update");
  }

  @Test
  void lock_namesWhatTheWorldNeeds_andIsReadBack() throws IOException {
    Lock lock = lock("app");
    assertThat(Lock.read(lockFile)).isEqualTo(lock);
    Lock.LockedRepository repository = lock.target(PLATFORM).orElseThrow().repositories().get(0);
    assertThat(repository.url()).isEqualTo(server.url() + "/v1");
    assertThat(repository.keys()).containsOnlyKeys("test.rsa.pub");
    assertThat(repository.index())
        .isEqualTo(Digest.of(folder.resolve("www/v1/x86_64/APKINDEX.tar.gz")));
    assertThat(repository.packages())
        .extracting(Lock.LockedPackage::name)
        .containsExactly("app", "lib");
    Lock.LockedPackage app = repository.packages().get(0);
    assertThat(app.url()).isEqualTo(server.url() + "/v1/x86_64/app-1-r0.apk");
    assertThat(app.sha256()).isEqualTo(Digest.of(packages.get(0)));
    assertThat(app.size()).isEqualTo(Files.size(packages.get(0)));
  }

  @Test
  void build_withLockAndFullStore_isOffline() throws IOException {
    lock("app");
    server.close();
    assertThat(build(true, "app")).containsExactly("lib-1-r0", "app-1-r0");
  }

  @Test
  void build_onAnotherMachine_fetchesPackagesAndNoIndex() throws IOException {
    lock("app");
    deleteCache();
    server.asked().clear();
    assertThat(build(false, "app")).containsExactly("lib-1-r0", "app-1-r0");
    assertThat(server.asked())
        .containsExactlyInAnyOrder("/v1/x86_64/app-1-r0.apk", "/v1/x86_64/lib-1-r0.apk");
  }

  private void deleteCache() throws IOException {
    try (var files = Files.walk(folder.resolve("cache"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void build_offlineWithoutStore_saysWhatIsMissing() throws IOException {
    lock("app");
    deleteCache();
    assertThatThrownBy(() -> build(true, "app"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("app-1-r0.apk")
        .hasMessageContaining("offline");
  }

  @Test
  void build_afterTheRepositoryMovedOn_takesWhatIsLockedUntilLockedAnew() throws IOException {
    lock("app");
    add("lib", "2-r0");
    index();
    assertThat(build(false, "app")).containsExactly("lib-1-r0", "app-1-r0");
    lock("app");
    assertThat(build(false, "app")).containsExactly("lib-2-r0", "app-1-r0");
  }

  @Test
  void lock_again_fetchesNothingButTheIndex() throws IOException {
    Lock first = lock("app");
    server.asked().clear();
    assertThat(lock("app")).isEqualTo(first);
    assertThat(server.asked()).containsExactly("/v1/x86_64/APKINDEX.tar.gz");
  }

  @Test
  void build_mirrorWithOtherBytes_isRefused() throws IOException {
    lock("app");
    deleteCache();
    packages.clear();
    Files.delete(folder.resolve("www/v1/x86_64/lib-1-r0.apk"));
    Files.copy(
        folder.resolve("www/v1/x86_64/other-1-r0.apk"),
        folder.resolve("www/v1/x86_64/lib-1-r0.apk"));
    assertThatThrownBy(() -> build(false, "app"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("lib-1-r0.apk");
  }

  @Test
  void build_withoutALock_namesTheCommand() {
    assertDrift("there is none yet", "app");
  }

  @Test
  void build_forAnotherPlatform_namesTheCommand() throws IOException {
    Lock lock = lock("app");
    new Lock(1, Map.of("linux/arm64", lock.target(PLATFORM).orElseThrow())).write(lockFile);
    assertDrift("it has nothing for linux/amd64", "app");
  }

  @Test
  void build_worldAsksForMore_namesTheCommand() throws IOException {
    lock("app");
    assertDrift("the world asks for other, which no package provides", "app", "other");
  }

  @Test
  void build_worldAsksForLess_namesTheCommand() throws IOException {
    lock("app", "other");
    assertDrift("nothing needs these packages of it any more: other-1-r0", "app");
  }

  @Test
  void build_otherRepositoryOrKeys_namesTheCommand() throws IOException {
    lock("app");
    RemoteRepository before = remote;
    remote = remote(TrustedKeys.of(Signer.generate("test.rsa.pub", 2048)));
    assertDrift("other keys are trusted", "app");
    remote = new RemoteRepository(server.url() + "/v2", "", "", before.keys());
    assertDrift("it is about the repositories [" + server.url() + "/v1]", "app");
    remote = new RemoteRepository(server.url() + "/v1", "", "edge", before.keys());
    assertDrift("@edge", "app");
  }

  @Test
  void build_lockChangedByHand_isRefused() throws IOException {
    lock("app");
    String text = Files.readString(lockFile);
    Files.writeString(lockFile, text.replaceFirst("\"size\" : [0-9]+", "\"size\" : 1"));
    assertDrift("is not so of the package", "app");
    Files.writeString(lockFile, text.replace("\"version\" : 1,", "\"version\" : 2,"));
    assertThatThrownBy(() -> build(false, "app")).hasMessageContaining("its version is 2");
    Files.writeString(lockFile, text.substring(10));
    assertThatThrownBy(() -> build(false, "app")).hasMessageContaining("it is damaged");
  }

  @Test
  void build_packageSignedByAStranger_isRefusedAlthoughLocked() throws IOException {
    // As if someone had made the lock with other keys and changed their digests in it.
    Signer stranger = Signer.generate("test.rsa.pub", 2048);
    Lock.LockedRepository genuine =
        lock("app").target(PLATFORM).orElseThrow().repositories().get(0);
    remote = remote(TrustedKeys.of(stranger));
    Lock.LockedRepository forged =
        new Lock.LockedRepository(
            genuine.url(), "", genuine.index(), remote.keys().digests(), genuine.packages());
    Lock.empty().with(PLATFORM, new Lock.Target(List.of(forged))).write(lockFile);
    assertThatThrownBy(() -> build(false, "app"))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_SIGNATURE));
  }

  @Test
  void lock_packageThatTheIndexDoesNotName_isRefused() throws IOException {
    packages.remove(1);
    add("lib", "1-r0", "other");
    assertThatThrownBy(() -> lock("app"))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_IDENTITY))
        .hasMessageContaining("lib-1-r0.apk");
    assertThat(lockFile).doesNotExist();
  }

  @Test
  void lock_mirrorIsAsked_andTheAddressRecorded() throws IOException {
    remote =
        new RemoteRepository(
            "https://alpine.invalid/v3", server.url() + "/v1", "", TrustedKeys.of(signer));
    assertThat(lock("lib").target(PLATFORM).orElseThrow().repositories().get(0).packages())
        .extracting(Lock.LockedPackage::url)
        .containsExactly("https://alpine.invalid/v3/x86_64/lib-1-r0.apk");
    deleteCache();
    assertThat(build(false, "lib")).containsExactly("lib-1-r0");
  }

  @Test
  void genuineRepository_lockedAndInstalledOffline() throws IOException {
    Path alpine = Alpine.repository();
    String[] world = {"alpine-baselayout", "busybox", "apk-tools"};
    server.close();
    server = new StaticServer(alpine);
    remote = new RemoteRepository(server.url(), "", "", Alpine.keys());
    assertThat(lock(world).target(PLATFORM).orElseThrow().repositories().get(0).packages())
        .hasSizeGreaterThan(8)
        .allSatisfy(
            each ->
                assertThat(Digest.of(Alpine.apk(each.name() + "-" + each.version())))
                    .isEqualTo(each.sha256()));
    server.close();
    assertThat(build(true, world)).contains("busybox-1.36.1-r15", "musl-1.2.4_git20230717-r4");
    // The exception for SHA-1 is the repository's, not the lock's.
    remote = new RemoteRepository(server.url(), "", "", TrustedKeys.read(alpine.resolve("keys")));
    assertThatThrownBy(() -> build(true, world))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_WEAK_SIGNATURE));
  }

  @Test
  void repository_addressThatMayNotBeAsked_isRefused() {
    for (String url : List.of("ftp://x/y", "http://example.org/alpine", "/srv/alpine", "")) {
      assertThatThrownBy(() -> new RemoteRepository(url, "", "", TrustedKeys.of(signer)))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failureCode()).isEqualTo(CommonCode.CONFIGURATION));
    }
    assertThat(Optional.of(remote.url())).contains(server.url() + "/v1");
  }
}
