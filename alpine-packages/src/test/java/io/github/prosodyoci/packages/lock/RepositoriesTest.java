package io.github.prosodyoci.packages.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.StaticServer;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was built here, beside a repository on the network. */
@Tag("slow")
class RepositoriesTest {

  private static final Platform PLATFORM = Platform.LINUX_AMD64;
  private static final List<Dependency> WORLD = List.of(Dependency.parse("app"));
  private static Signer signer;

  @TempDir Path folder;
  private StaticServer server;
  private String path = "";
  private final List<String> told = new ArrayList<>();

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  @BeforeEach
  void publish() throws IOException {
    server = new StaticServer(folder.resolve("www"));
    write("www", info("lib", "1-r0"), info("lua", "9-r0"), info("lua-libs", "9-r0").origin("lua"));
    write("built", info("app", "1-r0").depends("lib", "lua"), info("lua", "5-r0"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static PackageInfoBuilder info(String name, String version) {
    return PackageInfo.builder(name, version, "x86_64").origin(name);
  }

  private void write(String repository, PackageInfoBuilder... infos) throws IOException {
    Path packages = folder.resolve(repository).resolve("x86_64");
    List<Path> files = new ArrayList<>();
    for (PackageInfoBuilder builder : infos) {
      PackageInfo info = builder.build();
      Path file = packages.resolve(info.fileName());
      new PackageWriter(signer).write(file, info, Map.of(), List.of());
      files.add(file);
    }
    new IndexWriter(signer).write(packages.resolve("APKINDEX.tar.gz"), files, "test");
  }

  private List<String> choose(LockUse use, boolean preferred, boolean offline) throws IOException {
    FetchSettings settings = FetchSettings.STANDARD.withOffline(offline);
    Path cache = folder.resolve("cache");
    Repositories.Network network = Repositories.Network.of(cache, settings, Progress.SILENT);
    TrustedKeys keys = TrustedKeys.of(signer);
    List<PackageRepository> opened =
        new Repositories(PLATFORM, folder.resolve("alpine.lock"), network, told::add)
            .open(
                List.of(
                    DeclaredRepository.local(
                        PackageRepository.open(
                            "built", "", folder.resolve("built"), PLATFORM, keys),
                        preferred),
                    DeclaredRepository.remote(
                        new RemoteRepository(server.url() + path, "", "", keys))),
                WORLD,
                use);
    return new Resolver(opened.stream().map(PackageRepository::packages).toList())
        .resolve(WORLD).packages().stream()
            .map(Selected::entry)
            .map(entry -> entry.info().nameVersion())
            .sorted()
            .toList();
  }

  @Test
  void open_checkWithoutLock_saysHowToMakeOne() {
    assertThatThrownBy(() -> choose(LockUse.CHECK, true, false))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(PackageCode.LOCK))
        .hasMessageContaining("there is none yet")
        .hasMessageContaining("-Dprosodyoci.lock=update");
  }

  @Test
  void open_createWithoutLock_makesItOnceAndKeepsToIt() throws IOException {
    assertThat(choose(LockUse.CREATE, true, false))
        .containsExactly("app-1-r0", "lib-1-r0", "lua-5-r0");
    assertThat(told).singleElement().asString().startsWith("Locked 1 packages for linux/amd64 in");

    write("www", info("lib", "2-r0"));
    assertThat(choose(LockUse.CREATE, true, true)).contains("lib-1-r0");
    assertThat(told).hasSize(1);

    assertThat(choose(LockUse.UPDATE, true, false)).contains("lib-2-r0");
    assertThat(told).hasSize(2);
    assertThat(choose(LockUse.UPDATE, true, false)).contains("lib-2-r0");
    assertThat(told).last().asString().contains("up to date");
  }

  @Test
  void open_mirrorBelowAnUnusualPath_isRead() throws IOException {
    path = "/~alpine/_mirror";
    write("www" + path, info("lib", "3-r0"));

    assertThat(choose(LockUse.UPDATE, true, false)).contains("lib-3-r0");
  }

  @Test
  void open_preferredRepository_isTakenBeforeNewerPackagesOfOthers() throws IOException {
    assertThat(choose(LockUse.UPDATE, true, false)).contains("lua-5-r0");
    assertThat(choose(LockUse.UPDATE, false, false)).contains("lua-9-r0");
  }

  @Test
  void parse_otherWord_namesTheThree() {
    assertThat(LockUse.parse("update")).isEqualTo(LockUse.UPDATE);
    assertThatThrownBy(() -> LockUse.parse("true"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("check, create or update");
  }
}
