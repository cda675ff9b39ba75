package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.inspect.Inspection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every path of an image, against what apk 2.14 makes of the same packages, scripts included. */
@Tag("slow")
class TreeOracleTest {

  /**
   * Conflict with the others: vlan with ifupdown-ng, and network-extras asks for vlan. The scripts
   * of tiny-cloud's two are not known, and so stop a build.
   */
  private static final Set<String> APART =
      Set.of("vlan", "network-extras", "tiny-cloud-alpine", "tiny-cloud-nocloud");

  /**
   * What differs from apk's root, and why: devices and {@code /proc} as apk mounts it are the
   * container engine's; caches, locks, apk's folder for scripts and backups of the account files
   * are leftovers of the installation; the database is compared by itself, as its order is that of
   * installation.
   */
  static final Predicate<String> DIFFERS =
      Pattern.compile(
              "dev/(console|null|random|urandom|zero)|proc|var/cache/apk|lib/apk/db/.*"
                  + "|lib/apk/exec|etc/(passwd|group|shadow)-|etc/apk/repositories")
          .asMatchPredicate();

  private static final long TIME = 1_700_000_000;

  @TempDir Path folder;
  private Alpine.Tool apk;

  @BeforeEach
  void unpackApk() throws IOException {
    Alpine.assumeRoot();
    apk = Alpine.Tool.unpack(folder.resolve("tool"));
  }

  private void compare(List<PackageRepository> repositories, Path keys, List<String> world)
      throws IOException {
    Path theirs = folder.resolve("theirs");
    List<String> lines = new ArrayList<>();
    for (PackageRepository repository : repositories) {
      String tag = repository.packages().tag();
      lines.add((tag.isEmpty() ? "" : "@" + tag + " ") + repository.packages().location());
    }
    Path list = theirs.resolve("etc/apk/repositories");
    Files.createDirectories(list.getParent());
    Files.write(list, lines);
    List<Object> arguments =
        new ArrayList<>(
            List.of("add", "--root", theirs, "--initdb", "--arch", "x86_64", "--keys-dir", keys));
    arguments.addAll(world);
    Instant time = Instant.now();
    String said = apk.run(arguments.toArray()).success();

    Path ours = folder.resolve("ours");
    RootfsReport report =
        new Installer(line -> {}).install(request(repositories, world, time)).report();
    for (var layer : report.layers()) {
      RootFolder.untar(folder.resolve("out").resolve(layer.file()), ours);
    }
    SortedMap<String, String> expected = RootFolder.describe(theirs);
    SortedMap<String, String> found = RootFolder.describe(ours);
    expected.keySet().removeIf(DIFFERS);
    found.keySet().removeIf(DIFFERS);
    assertThat(difference(found, expected)).as(said).isEmpty();
    assertThat(found).hasSizeGreaterThan(20);
    assertThat(records(ours)).containsExactlyInAnyOrderElementsOf(records(theirs));
  }

  private InstallRequest request(
      List<PackageRepository> repositories, List<String> world, Instant time) {
    List<Dependency> entries = world.stream().map(Dependency::parse).toList();
    return new InstallRequest(
        Platform.LINUX_AMD64,
        repositories,
        List.of(
            new LayerSpec("lower", entries.subList(0, 1), List.of()),
            new LayerSpec("upper", entries.subList(1, entries.size()), List.of())),
        Map.of(),
        time,
        Layout.AS_PACKAGED,
        folder.resolve("out"),
        "1",
        true);
  }

  /** Returns what only one of the two has: a whole tree is too long to read. */
  static List<String> difference(
      SortedMap<String, String> found, SortedMap<String, String> expected) {
    List<String> lines = new ArrayList<>();
    expected.forEach(
        (path, facts) -> {
          String other = found.get(path);
          if (!facts.equals(other)) {
            lines.add(path + " is " + other + ", by apk " + facts);
          }
        });
    found.keySet().stream()
        .filter(path -> !expected.containsKey(path))
        .forEach(path -> lines.add(path + " is " + found.get(path) + ", by apk absent"));
    return lines;
  }

  static List<String> records(Path root) throws IOException {
    return List.of(Files.readString(root.resolve("lib/apk/db/installed")).split("\n\n"));
  }

  @Test
  void genuinePackages_giveTheTreeOfApk() throws IOException {
    List<String> world = new ArrayList<>(List.of("alpine-baselayout"));
    for (Path file : Alpine.packages()) {
      String name = Apk.read(file).info().name();
      if (!APART.contains(name) && !world.contains(name)) {
        world.add(name);
      }
    }
    compare(
        List.of(
            PackageRepository.open(
                Alpine.repository().toString(),
                "",
                Alpine.repository(),
                Platform.LINUX_AMD64,
                Alpine.keys())),
        Alpine.repository().resolve("keys"),
        world);
    inspectionOfTheirs_findsWhatScriptsChanged();
  }

  /** What apk itself installed, read by our reader of its database. */
  private void inspectionOfTheirs_findsWhatScriptsChanged() throws IOException {
    Path theirs = folder.resolve("theirs");
    Inspection found = Inspection.of(theirs, Platform.LINUX_AMD64);
    assertThat(found.packages().stream().map(Inspection.Installed::name).sorted())
        .containsExactlyElementsOf(apk.run("info", "--root", theirs).success().lines().toList());
    assertThat(found.changes())
        .extracting(change -> change.kind() + " " + change.path())
        .containsExactly("CONTENT etc/group", "CONTENT etc/passwd", "CONTENT etc/shadow");
    assertThat(found.unowned()).contains("bin/ls", "bin/su").doesNotContain("bin/busybox");
  }

  static PackageInfoBuilder info(String name) {
    return PackageInfo.builder(name, "1-r0", "x86_64").license("MIT").origin(name).buildDate(TIME);
  }

  static PackageFile text(String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return PackageFile.of(TarEntry.file(path, 0644, bytes.length, TIME), bytes);
  }

  static PackageFile dir(String path, int mode, int uid, int gid) {
    return PackageFile.of(TarEntry.directory(path, mode, TIME).withOwner(uid, gid, "", ""));
  }

  private static PackageFile attributes(PackageFile file, Map<String, String> values) {
    return new PackageFile(file.entry().withPaxHeaders(values), file.content());
  }

  private static PackageFile hardLink(String path, int mode, String target) {
    return PackageFile.of(
        new TarEntry(path, TarEntry.Type.HARDLINK, mode, 3, 4, 0, TIME, target, "", "", Map.of()));
  }

  private static final String SERVICE =
      "#!/bin/sh\naddgroup -S svc 2>/dev/null\n"
          + "adduser -S -D -h %s -G svc svc 2>/dev/null\nexit 0\n";

  @Test
  void madePackages_giveTheTreeOfApk() throws IOException {
    Signer signer = Signer.generate("test.rsa.pub", 2048);
    Path keys = Files.createDirectories(folder.resolve("keys"));
    Files.writeString(keys.resolve(signer.keyName()), signer.publicKeyPem());
    try (Stream<Path> genuine = Files.list(Alpine.repository().resolve("keys"))) {
      for (Path key : genuine.toList()) {
        Files.copy(key, keys.resolve(key.getFileName()));
      }
    }
    Path plain = folder.resolve("plain");
    Repository made = new Repository(plain, signer);
    made.add(
        info("shared-a").replacesPriority(7),
        Map.of(),
        dir("srv/x", 0755, 5, 6),
        dir("srv/y", 0755, 0, 0),
        dir("srv/z", 0750, 3, 0),
        dir("srv/s", 01777, 0, 0),
        text("srv/x/a", "a"));
    made.add(
        info("shared-b"),
        Map.of(),
        dir("srv/x", 0700, 0, 0),
        dir("srv/y", 0700, 0, 0),
        dir("srv/z", 0705, 0, 9),
        dir("srv/s", 0755, 0, 0),
        text("srv/x/b", "b"));
    made.add(
        info("home-new").depends("alpine-baselayout"),
        Map.of(ScriptType.PRE_INSTALL, SERVICE.formatted("/srv/new")),
        dir("srv/new", 0750, 0, 10),
        text("srv/new/f", "f"));
    made.add(info("home-again").depends("home-new"), Map.of(), dir("srv/new", 0700, 0, 0));
    made.add(
        info("home-later").depends("home-new"),
        Map.of(
            ScriptType.POST_INSTALL,
            "#!/bin/sh\nadduser -S -D -h /srv/x late\nadduser -S -D -h /srv/own own\n"
                + "adduser -S -D -h /srv/no/such none\nadduser -D -h /srv/new me || true\n"),
        dir("srv/x", 0750, 0, 10));
    made.add(
        info("links").depends("alpine-baselayout"),
        Map.of(),
        dir("srv/real", 0755, 0, 0),
        PackageFile.of(TarEntry.symlink("srv/soft", "../srv/real", TIME)));
    made.add(
        info("through").depends("links"),
        Map.of(),
        dir("srv/soft", 0700, 5, 5),
        dir("srv/soft/sub", 0711, 0, 0),
        text("srv/soft/sub/f", "f"),
        hardLink("srv/soft/sub/g", 0600, "srv/soft/sub/f"),
        text("srv/soft/top", "t"));
    made.add(info("Capital"), Map.of(), text("srv/Cap", "c"));
    made.add(info("a_b"), Map.of(), text("srv/a_b", "c"));
    made.add(info("abc"), Map.of(), text("srv/abc", "c"));
    made.add(
        info("attributes"),
        Map.of(),
        attributes(
            text("srv/at/a", "a"),
            Map.of("SCHILY.xattr.user.foo", "b\u00ff\u0000\u0080r", "SCHILY.xattr.user.abc", "z")),
        attributes(
            text("srv/at/capable", "c"),
            // cap_sys_nice and cap_setuid, which are no UTF-8.
            Map.of(
                "SCHILY.xattr.security.capability",
                "\u0001\0\0\u0002\u0080\0\u0080\0" + "\0".repeat(12))),
        attributes(dir("srv/at/d", 0755, 0, 0), Map.of("SCHILY.xattr.user.folder", "yes")));
    made.add(
        info("keep"),
        Map.of(),
        text("srv/k/.keep_dir", ""),
        text("srv/k/.keep", ""),
        PackageFile.of(TarEntry.symlink("srv/k/.keep_l", "x", TIME)),
        dir("srv/k/.keep_d", 0755, 0, 0));
    made.add(
        info("order"),
        Map.of(),
        text("usr/lib/x/f", "f"),
        text("usr/lib-foo/g", "g"),
        text("usr/lib/z", "z"),
        hardLink("usr/lib/b", 0600, "usr/lib/z"),
        text("zz", "at the root"),
        text(".hidden", "passed over"),
        text(".hidden.d/file", "passed over too"));
    made.add("melange-made-1.2.3-r0.apk", madeAsByMelange());
    made.index();
    Path tagged = folder.resolve("tagged");
    Repository edge = new Repository(tagged, signer);
    edge.add(info("edge-app").depends("edge-lib").replaces("abc"), Map.of(), text("srv/e", "e"));
    edge.add(info("edge-lib"), Map.of(), text("srv/lib", "e"));
    edge.index();

    List<PackageRepository> repositories = new ArrayList<>();
    repositories.add(
        PackageRepository.open(
            Alpine.repository().toString(),
            "",
            Alpine.repository(),
            Platform.LINUX_AMD64,
            Alpine.keys()));
    TrustedKeys trusted = TrustedKeys.of(signer);
    repositories.add(
        PackageRepository.open(plain.toString(), "", plain, Platform.LINUX_AMD64, trusted));
    repositories.add(
        PackageRepository.open(tagged.toString(), "edge", tagged, Platform.LINUX_AMD64, trusted));
    compare(
        repositories,
        keys,
        List.of(
            "alpine-baselayout",
            "busybox-binsh",
            "shared-a",
            "shared-b",
            "home-again",
            "home-later",
            "through",
            "Capital",
            "a_b",
            "abc",
            "attributes",
            "keep",
            "melange-made",
            "order",
            "edge-app@edge"));
  }

  /** Returns a package with what melange writes beside apk's own: its configuration. */
  private static RawApk madeAsByMelange() {
    String sha1 = "6b0d31c0d563223024da45691584643ac78c96e8";
    byte[] data =
        RawApk.gzip(
            new RawTar()
                .folder("srv")
                .pax(RawTar.record("APK-TOOLS.checksum.SHA1", sha1))
                .file("srv/melange", "m")
                .end());
    String info =
        "# Generated by melange\npkgname = melange-made\npkgver = 1.2.3-r0\narch = x86_64\n"
            + "size = 1\norigin = melange-made\npkgdesc = an example\nurl = \ncommit = abc\n"
            + "builddate = 1700000000\nlicense = Apache-2.0\ndatahash = "
            + Digest.of(data).hex()
            + "\n";
    RawTar control =
        new RawTar().file(".PKGINFO", info).file(".melange.yaml", "package:\n  name: example\n");
    return new RawApk().member(RawApk.gzip(control.cut())).member(data);
  }

  @Test
  void busyboxWithoutListOfItsLinks_isRefused() throws IOException {
    Signer signer = Signer.generate("test.rsa.pub", 2048);
    Path repository = folder.resolve("old");
    Repository made = new Repository(repository, signer);
    Map<ScriptType, String> scripts = Apk.read(Alpine.apk("busybox-1.36.1-r15")).scripts();
    made.add(info("busybox"), scripts, text("bin/busybox", "#!/bin/false"));
    made.index();

    assertThatThrownBy(
            () ->
                new Installer(line -> {})
                    .install(
                        request(
                            List.of(
                                PackageRepository.open(
                                    "old",
                                    "",
                                    repository,
                                    Platform.LINUX_AMD64,
                                    TrustedKeys.of(signer))),
                            List.of("busybox"),
                            Instant.EPOCH)))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(RootfsCode.UNKNOWN_SCRIPT))
        .hasMessageContaining("the package has no list of them in /etc/busybox-paths.d");
  }

  /** A repository of packages made here. */
  record Repository(Path folder, Signer signer, List<Path> packages) {
    Repository(Path folder, Signer signer) {
      this(folder, signer, new ArrayList<>());
    }

    void add(PackageInfoBuilder builder, Map<ScriptType, String> scripts, PackageFile... files)
        throws IOException {
      PackageInfo info = builder.build();
      Path file = folder.resolve("x86_64").resolve(info.fileName());
      Files.createDirectories(file.getParent());
      new PackageWriter(signer).write(file, info, scripts, Arrays.asList(files));
      packages.add(file);
    }

    void add(String name, RawApk apk) throws IOException {
      packages.add(Files.write(folder.resolve("x86_64").resolve(name), apk.sign(signer).bytes()));
    }

    void index() throws IOException {
      new IndexWriter(signer).write(folder.resolve("x86_64/APKINDEX.tar.gz"), packages, "test");
    }
  }
}
