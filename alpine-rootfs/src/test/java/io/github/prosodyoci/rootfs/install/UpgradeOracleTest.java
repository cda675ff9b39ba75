package io.github.prosodyoci.rootfs.install;

import static io.github.prosodyoci.rootfs.install.TreeOracleTest.dir;
import static io.github.prosodyoci.rootfs.install.TreeOracleTest.info;
import static io.github.prosodyoci.rootfs.install.TreeOracleTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers on an image that holds packages already, against {@code apk add} in the same root. */
@Tag("slow")
class UpgradeOracleTest {

  private static final String WHITEOUT = ".wh.";

  @TempDir Path folder;
  private final Signer signer = Signer.generate("test.rsa.pub", 2048);
  private Alpine.Tool apk;
  private Path keys;
  private Path theirs;
  private Path ours;
  private RootfsReport report;

  @BeforeEach
  void unpackApk() throws Exception {
    Alpine.assumeRoot();
    apk = Alpine.Tool.unpack(folder.resolve("tool"));
    theirs = folder.resolve("theirs");
    ours = folder.resolve("ours");
    keys = Files.createDirectories(folder.resolve("keys"));
    Files.writeString(keys.resolve(signer.keyName()), signer.publicKeyPem());
    try (Stream<Path> genuine = Files.list(Alpine.repository().resolve("keys"))) {
      for (Path key : genuine.toList()) {
        Files.copy(key, keys.resolve(key.getFileName()));
      }
    }
  }

  private static PackageInfoBuilder version(String name, String version) {
    return PackageInfo.builder(name, version, "x86_64")
        .license("MIT")
        .origin(name)
        .buildDate(1_700_000_000);
  }

  private TreeOracleTest.Repository repository(String name) {
    return new TreeOracleTest.Repository(folder.resolve(name), signer);
  }

  private String add(List<Path> repositories, String... arguments) throws IOException {
    Path list = theirs.resolve("etc/apk/repositories");
    Files.createDirectories(list.getParent());
    Files.write(list, repositories.stream().map(Path::toString).toList());
    List<Object> all =
        new ArrayList<>(List.of("add", "--root", theirs, "--arch", "x86_64", "--keys-dir", keys));
    all.addAll(Arrays.asList(arguments));
    return apk.run(all.toArray()).success();
  }

  /** Makes the base: what apk installs, and a copy of it. */
  private void base(List<Path> repositories, String... world) throws Exception {
    List<String> all = new ArrayList<>(List.of("--initdb"));
    all.addAll(Arrays.asList(world));
    add(repositories, all.toArray(String[]::new));
  }

  private static void copy(Path from, Path to) throws Exception {
    Process process =
        new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  /** Installs by both on the base, and compares. */
  private void compare(List<Path> repositories, String... world) throws Exception {
    copy(theirs, ours);
    copy(theirs, folder.resolve("base"));
    String said = add(repositories, world);

    List<PackageRepository> opened = new ArrayList<>();
    for (Path each : repositories) {
      boolean genuine = each.equals(Alpine.repository());
      opened.add(
          PackageRepository.open(
              each.toString(),
              "",
              each,
              Platform.LINUX_AMD64,
              genuine ? Alpine.keys() : TrustedKeys.of(signer)));
    }
    InstallRequest request =
        new InstallRequest(
                Platform.LINUX_AMD64,
                opened,
                List.of(
                    new LayerSpec(
                        "upper", Arrays.stream(world).map(Dependency::parse).toList(), List.of())),
                Map.of(),
                Instant.now(),
                Layout.AS_PACKAGED,
                folder.resolve("out"),
                "1",
                true)
            .withBase(folder.resolve("base"));
    report = new Installer(line -> {}).install(request).report();
    apply(folder.resolve("out").resolve(report.layers().get(0).file()));

    SortedMap<String, String> expected = RootFolder.describe(theirs);
    SortedMap<String, String> found = RootFolder.describe(ours);
    expected.keySet().removeIf(TreeOracleTest.DIFFERS);
    found.keySet().removeIf(TreeOracleTest.DIFFERS);
    assertThat(TreeOracleTest.difference(found, expected)).as(said).isEmpty();
    assertThat(TreeOracleTest.records(ours))
        .containsExactlyElementsOf(TreeOracleTest.records(theirs));
    for (String file : List.of("etc/apk/world", "lib/apk/db/triggers")) {
      assertThat(Files.readAllLines(ours.resolve(file)))
          .as(file)
          .containsExactlyInAnyOrderElementsOf(Files.readAllLines(theirs.resolve(file)));
    }
    assertThat(apk.run("audit", "--system", "--root", ours).success())
        .isEqualTo(apk.run("audit", "--system", "--root", theirs).success());
  }

  /** Lays the layer over the base, as the OCI Image Layer Filesystem Changeset 1.1 says. */
  private void apply(Path layer) throws IOException {
    Path upper = folder.resolve("upper");
    RootFolder.untar(layer, upper);
    try (Stream<Path> walk = Files.walk(upper)) {
      for (Path each : walk.toList()) {
        String name = each.getFileName().toString();
        if (name.startsWith(WHITEOUT)) {
          Path gone =
              ours.resolve(upper.relativize(each))
                  .resolveSibling(name.substring(WHITEOUT.length()));
          assertThat(gone).exists();
          delete(gone);
        }
      }
    }
    RootFolder.untar(layer, ours);
    try (Stream<Path> walk = Files.walk(ours)) {
      for (Path each : walk.toList()) {
        if (each.getFileName().toString().startsWith(WHITEOUT)) {
          Files.delete(each);
        }
      }
    }
  }

  private static void delete(Path gone) throws IOException {
    try (Stream<Path> walk = Files.walk(gone)) {
      for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Returns the paths in the layer, without folders. */
  private List<String> layer() throws IOException {
    Path upper = folder.resolve("upper");
    try (Stream<Path> walk = Files.walk(upper)) {
      return walk.filter(each -> !Files.isDirectory(each))
          .map(each -> upper.relativize(each).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void genuinePackages_onABaseOfApk() throws Exception {
    List<Path> alpine = List.of(Alpine.repository());
    base(alpine, "alpine-baselayout", "busybox", "alpine-keys", "chrony");
    compare(alpine, "openssh", "dhcpcd", "tzdata", "ca-certificates-bundle");
    assertThat(report.packages()).extracting(each -> each.name()).doesNotContain("musl", "busybox");
    assertThat(layer()).contains("etc/passwd", "usr/sbin/sshd").doesNotContain("bin/busybox");
  }

  @Test
  void otherVersion_replacesTheFilesOfTheFirst() throws Exception {
    TreeOracleTest.Repository old = repository("old");
    old.add(
        version("lib", "1-r0").provides("so:lib.so=1"),
        Map.of(),
        text("usr/lib/lib.so.1", "one"),
        text("usr/lib/same", "same"),
        text("usr/lib/moved", "moved"),
        text("usr/share/lib/old/a", "a"),
        text("usr/share/lib/old/b", "b"),
        text("usr/share/lib/mine/c", "c"),
        text("etc/lib/plain.conf", "1"),
        text("etc/lib/mine.conf", "1"),
        text("etc/lib/gone.conf", "1"),
        text("etc/lib/gone-mine.conf", "1"),
        text("etc/lib/same.conf", "1"),
        dir("srv/lib", 0700, 5, 6),
        PackageFile.of(TarEntry.symlink("usr/lib/lib.so", "lib.so.1", 1_700_000_000)));
    old.add(version("app", "1-r0").depends("lib"), Map.of(), text("usr/bin/app", "app"));
    old.add(version("orphan", "1-r0"), Map.of(), text("opt/orphan/x", "x"));
    old.add(version("old-user", "1-r0").depends("orphan"), Map.of(), text("opt/user", "x"));
    old.index();
    base(List.of(folder.resolve("old")), "app", "old-user");
    Files.writeString(theirs.resolve("etc/lib/mine.conf"), "mine");
    Files.writeString(theirs.resolve("etc/lib/gone-mine.conf"), "mine");
    Files.writeString(theirs.resolve("etc/lib/same.conf"), "2");
    Files.writeString(theirs.resolve("etc/lib/stray.conf"), "stray");
    Files.writeString(theirs.resolve("usr/lib/stray"), "stray");
    Files.writeString(theirs.resolve("usr/share/lib/mine/own"), "own");

    TreeOracleTest.Repository later = repository("later");
    later.add(
        version("lib", "2-r0").provides("so:lib.so=2"),
        Map.of(),
        text("usr/lib/lib.so.2", "two"),
        text("usr/lib/same", "same"),
        text("usr/lib/stray", "ours"),
        text("etc/lib/plain.conf", "2"),
        text("etc/lib/mine.conf", "2"),
        text("etc/lib/same.conf", "2"),
        text("etc/lib/stray.conf", "2"),
        dir("srv/lib", 0755, 0, 0),
        PackageFile.of(TarEntry.symlink("usr/lib/lib.so", "lib.so.2", 1_700_000_000)));
    later.add(version("app", "2-r0").depends("lib"), Map.of(), text("usr/bin/app", "newer"));
    later.add(
        version("other", "1-r0").depends("lib>=2", "!old-user").replaces("orphan"),
        Map.of(),
        text("usr/lib/moved", "moved"));
    later.add(version("old-user", "2-r0"), Map.of(), text("opt/user", "y"));
    later.add(version("new", "1-r0").depends("lib>=2", "old-user>=2"), Map.of(), text("n", "n"));
    later.index();
    compare(List.of(folder.resolve("old"), folder.resolve("later")), "new");
    assertThat(report.packages())
        .extracting(each -> each.name() + "-" + each.version())
        .containsExactlyInAnyOrder("lib-2-r0", "new-1-r0", "old-user-2-r0");
    assertThat(layer())
        .contains("usr/lib/.wh.lib.so.1", "usr/share/lib/.wh.old", "opt/.wh.orphan")
        .contains("etc/lib/mine.conf.apk-new", "etc/lib/stray.conf.apk-new")
        .doesNotContain("usr/lib/same", "usr/bin/app", "etc/lib/gone-mine.conf");
  }

  @Test
  void addedPackage_sharesFoldersAndReplacesFiles() throws Exception {
    TreeOracleTest.Repository made = repository("made");
    made.add(
        info("first").replacesPriority(1),
        Map.of(),
        dir("srv/x", 0755, 5, 6),
        dir("srv/y", 0755, 0, 0),
        text("srv/x/a", "first"),
        text("srv/x/b", "first"));
    made.add(
        info("second").replaces("first"),
        Map.of(),
        dir("srv/x", 0700, 0, 0),
        dir("srv/y", 0750, 0, 0),
        text("srv/x/a", "second"));
    made.add(info("third").replaces("second"), Map.of(), text("srv/x/c", "third"));
    made.add(
        info("follower").installIf("first", "third"), Map.of(), text("srv/follower", "follower"));
    made.index();
    base(List.of(folder.resolve("made")), "first");
    compare(List.of(folder.resolve("made")), "second", "third");
    assertThat(layer()).contains("srv/x/a", "srv/follower").doesNotContain("srv/x/b");
  }

  @Test
  void accountsOfScripts_areAddedToThoseOfTheBase() throws Exception {
    TreeOracleTest.Repository made = repository("made");
    made.add(
        info("service").depends("alpine-baselayout"),
        Map.of(
            ScriptType.PRE_INSTALL,
            "#!/bin/sh\naddgroup -S svc 2>/dev/null\n"
                + "adduser -S -D -h /srv/svc -G svc svc 2>/dev/null\nexit 0\n"),
        text("srv/file", "f"));
    made.index();
    List<Path> repositories = List.of(Alpine.repository(), folder.resolve("made"));
    base(repositories, "alpine-baselayout", "busybox-binsh", "chrony");
    compare(repositories, "service");
    assertThat(Files.readString(ours.resolve("etc/passwd"))).contains("chrony:x:1", "svc:x:1");
    assertThat(layer())
        .containsExactlyInAnyOrder(
            "etc/apk/world",
            "etc/group",
            "etc/passwd",
            "etc/shadow",
            "lib/apk/db/installed",
            "lib/apk/db/scripts.tar",
            "srv/file");
  }

  @Test
  void nothingNew_changesNothing() throws Exception {
    List<Path> alpine = List.of(Alpine.repository());
    base(alpine, "alpine-baselayout", "busybox");
    compare(alpine, "busybox");
    assertThat(layer()).isEmpty();
  }
}
