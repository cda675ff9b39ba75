package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installs small packages; the layers are read back by tar. */
class InstallerTest {

  private static final long TIME = 1_700_000_000;
  private static Signer signer;

  @TempDir Path folder;
  private Path repository;
  private final List<Path> packages = new ArrayList<>();
  private final Map<Digest, String> waived = new TreeMap<>();
  private Layout layout = Layout.AS_PACKAGED;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  @BeforeEach
  void makeRepository() throws IOException {
    repository = Files.createDirectories(folder.resolve("repository/x86_64")).getParent();
    add(
        info("base"),
        Map.of(),
        text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
        text("etc/group", "root:x:0:root\nshadow:x:42:\n"),
        PackageFile.of(
            TarEntry.file("etc/shadow", 0640, 13, TIME).withOwner(0, 7, "root", "shadow"),
            "root:*::0::::".getBytes(StandardCharsets.UTF_8)),
        PackageFile.of(TarEntry.directory("tmp", 01777, TIME)));
  }

  private static PackageInfoBuilder info(String name) {
    return PackageInfo.builder(name, "1-r0", "x86_64").license("MIT").origin(name).buildDate(TIME);
  }

  private static PackageFile text(String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return PackageFile.of(TarEntry.file(path, 0644, bytes.length, TIME), bytes);
  }

  private void add(
      PackageInfoBuilder builder, Map<ScriptType, String> scripts, PackageFile... files)
      throws IOException {
    PackageInfo info = builder.build();
    Path file = repository.resolve("x86_64").resolve(info.fileName());
    new PackageWriter(signer).write(file, info, scripts, Arrays.asList(files));
    packages.add(file);
  }

  private static LayerSpec layer(String name, String... world) {
    return new LayerSpec(name, Arrays.stream(world).map(Dependency::parse).toList(), List.of());
  }

  private RootfsReport install(LayerSpec... layers) throws IOException {
    return install(folder.resolve("out"), layers);
  }

  private RootfsReport install(Path output, LayerSpec... layers) throws IOException {
    new IndexWriter(signer).write(repository.resolve("x86_64/APKINDEX.tar.gz"), packages, "test");
    InstallRequest request = request(output, layers);
    return new Installer(line -> {}).install(request).report();
  }

  private InstallRequest request(Path output, LayerSpec... layers) throws IOException {
    return new InstallRequest(
        Platform.LINUX_AMD64,
        List.of(
            PackageRepository.open(
                "test", "", repository, Platform.LINUX_AMD64, TrustedKeys.of(signer))),
        Arrays.asList(layers),
        waived,
        Instant.ofEpochSecond(TIME),
        layout,
        output,
        "1",
        true);
  }

  /** Returns tar's listing of a layer. */
  private List<String> list(Layer layer) throws IOException {
    return tar("--numeric-owner", "-tvzf", folder.resolve("out").resolve(layer.file()).toString());
  }

  private String content(Layer layer, String path) throws IOException {
    return String.join(
        "\n", tar("-xzOf", folder.resolve("out").resolve(layer.file()).toString(), path));
  }

  private static List<String> tar(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("tar"));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      return out.lines().toList();
    }
  }

  private static void assertRefused(FailureCode code, String part, ThrowingInstall install) {
    assertThatThrownBy(install::run)
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(code))
        .hasMessageContaining(part);
  }

  private interface ThrowingInstall {
    void run() throws IOException;
  }

  @Test
  void install_dependencies_lieInLowestLayerThatNeedsThem() throws IOException {
    add(info("lib").provides("so:lib.so.1=1"), Map.of(), text("usr/lib/lib.so.1", "x"));
    add(info("app").depends("so:lib.so.1"), Map.of(), text("usr/bin/app", "x"));
    add(info("tool").depends("so:lib.so.1"), Map.of(), text("usr/bin/tool", "x"));
    add(info("app-doc").installIf("app=1-r0", "doc"), Map.of(), text("usr/share/app", "x"));
    add(info("doc"), Map.of(), text("usr/bin/doc", "x"));

    RootfsReport report =
        install(layer("a", "base"), layer("b", "app"), layer("c", "tool", "doc"), layer("d"));

    assertThat(report.packages())
        .extracting(p -> p.layer() + ":" + p.name())
        .containsExactlyInAnyOrder("a:base", "b:lib", "b:app", "c:tool", "c:doc", "c:app-doc");
    assertThat(report.packages())
        .filteredOn(p -> p.name().equals("lib"))
        .first()
        .satisfies(lib -> assertThat(lib.why()).contains("app: so:lib.so.1"));
    assertThat(report.layers().get(1).contents()).containsExactly("lib-1-r0", "app-1-r0");
    assertThat(list(report.layers().get(1)))
        .extracting(line -> line.replaceFirst(".* ", ""))
        .containsExactly("usr/", "usr/lib/", "usr/lib/lib.so.1", "usr/bin/", "usr/bin/app");
    assertThat(list(report.layers().get(2)))
        .as("a folder that a lower layer has does not come again")
        .noneMatch(line -> line.endsWith(" usr/"));
  }

  @Test
  void install_ownersAndModes_areThePackages() throws IOException {
    RootfsReport report = install(layer("a", "base"));

    assertThat(list(report.layers().get(0)))
        .anyMatch(line -> line.matches("drwxrwxrwt 0/0 .* tmp/"))
        // By its name, which is 42 here, not by the number that the builder had.
        .anyMatch(line -> line.matches("-rw-r----- 0/42 .* etc/shadow"));
  }

  @Test
  void install_accountScript_addsUserInItsOwnLayer() throws IOException {
    add(
        info("server"),
        Map.of(
            ScriptType.PRE_INSTALL,
            """
            #!/bin/sh
            user=xmpp

            addgroup -S -g 101 $user 2>/dev/null
            adduser -S -u 100 -D -H -h /var/lib/xmpp -s /sbin/nologin -G ${user} -g "XMPP server" $user 2>/dev/null
            addgroup xmpp shadow 2>/dev/null
            exit 0
            """),
        PackageFile.of(
            TarEntry.directory("var/lib/xmpp", 0750, TIME).withOwner(5, 5, "xmpp", "xmpp")));

    RootfsReport report = install(layer("a", "base"), layer("b", "server"));

    Layer top = report.layers().get(1);
    assertThat(content(top, "etc/passwd"))
        .isEqualTo(
            "root:x:0:0:root:/root:/bin/sh\n"
                + "xmpp:x:100:101:XMPP server:/var/lib/xmpp:/sbin/nologin");
    assertThat(content(top, "etc/group"))
        .isEqualTo("root:x:0:root\nshadow:x:42:xmpp\nxmpp:x:101:xmpp");
    assertThat(content(top, "etc/shadow")).endsWith("xmpp:!:19675:0:99999:7:::");
    assertThat(list(top)).anyMatch(line -> line.matches("drwxr-x--- 100/101 .* var/lib/xmpp/"));
    assertThat(list(top)).anyMatch(line -> line.matches("-rw-r----- 0/42 .* etc/shadow"));
    assertThat(content(report.layers().get(0), "etc/passwd")).doesNotContain("xmpp");
    assertThat(report.scripts())
        .singleElement()
        .satisfies(
            script ->
                assertThat(script.outcome())
                    .isEqualTo("added group xmpp, user xmpp, user xmpp in group shadow"));
  }

  @Test
  void install_accountsWithoutNumbers_getTheFirstFreeOnes() throws IOException {
    add(
        info("one"),
        Map.of(
            ScriptType.PRE_INSTALL,
            "#!/bin/sh\naddgroup -S nogroup\nadduser -S -D -G nogroup one\nadduser -S -D two\n"
                + "adduser -D three || true\nexit 0\n"));

    RootfsReport report = install(layer("a", "base", "one"));

    assertThat(content(report.layers().get(0), "etc/passwd").lines().skip(1))
        .containsExactly(
            "one:x:100:100:Linux User,,,:/home/one:/sbin/nologin",
            "two:x:101:100:Linux User,,,:/home/two:/sbin/nologin",
            "three:x:1000:1000:Linux User,,,:/home/three:/bin/sh");
  }

  @Test
  void install_scriptThatDoesMore_isRefusedUnlessWaived() throws IOException {
    String script = "#!/bin/sh\naddgroup -S x\nrm -rf /etc\n";
    add(info("odd"), Map.of(ScriptType.POST_INSTALL, script));
    Digest digest = Digest.of(script.getBytes(StandardCharsets.UTF_8));

    assertRefused(RootfsCode.UNKNOWN_SCRIPT, digest.toString(), () -> install(layer("a", "odd")));

    waived.put(digest, "we keep /etc");
    assertThat(install(layer("a", "odd")).scripts())
        .singleElement()
        .satisfies(s -> assertThat(s.outcome()).isEqualTo("waived: we keep /etc"));
  }

  @Test
  void install_scriptWithSubstitutionOrSecondCommand_isRefused() throws IOException {
    for (String line :
        List.of(
            "addgroup -S $(id)",
            "addgroup -S `id`",
            "addgroup -S x; rm -rf /",
            "addgroup -S x && rm -rf /",
            "addgroup -S x > /etc/passwd",
            "adduser -S -s '/bin/sh:x' y",
            "PATH=. adduser -S y",
            "adduser")) {
      packages.removeIf(file -> file.toString().contains("odd"));
      add(info("odd"), Map.of(ScriptType.PRE_INSTALL, "#!/bin/sh\n" + line + "\n"));

      assertRefused(
          RootfsCode.UNKNOWN_SCRIPT, "pre-install", () -> install(layer("a", "base", "odd")));
    }
  }

  @Test
  void install_scriptThatGathersCertificates_isUnderstoodUnlessItDoesMore() throws IOException {
    String update = "#!/bin/sh\nexec /usr/sbin/update-ca-certificates --fresh >/dev/null 2>&1\n";
    add(info("ca").triggers("/usr/share/ca-certificates"), Map.of(ScriptType.TRIGGER, update));
    add(info("odd"), Map.of(ScriptType.TRIGGER, update + "rm -rf /\n"));

    assertThat(install(layer("a", "base", "ca")).scripts())
        .singleElement()
        .satisfies(s -> assertThat(s.outcome()).isEqualTo("gathered the certificates"));
    assertRefused(RootfsCode.UNKNOWN_SCRIPT, "trigger", () -> install(layer("a", "base", "odd")));
  }

  @Test
  void install_scriptsOfLaterLife_areKeptInDatabaseOnly() throws IOException {
    add(info("old"), Map.of(ScriptType.PRE_DEINSTALL, "#!/bin/sh\nrm -rf /\n"));

    RootfsReport report = install(layer("a", "base", "old"));

    assertThat(report.scripts())
        .singleElement()
        .satisfies(s -> assertThat(s.outcome()).isEqualTo("not for a first installation"));
    Path database = folder.resolve("scripts.tar");
    Files.writeString(database, content(report.layers().get(0), "lib/apk/db/scripts.tar") + "\n");
    assertThat(tar("-tf", database.toString()))
        .singleElement()
        .asString()
        .matches("old-1-r0\\.Q1.{27}=\\.pre-deinstall");
  }

  @Test
  void install_fileOfTwoPackages_isRefusedUnlessReplaced() throws IOException {
    add(info("a"), Map.of(), text("etc/x", "a"));
    add(info("b"), Map.of(), text("etc/x", "b"));
    add(info("c").replaces("a"), Map.of(), text("etc/x", "c"));
    add(info("d").replaces("a").replacesPriority(5), Map.of(), text("etc/x", "d"));

    assertRefused(
        RootfsCode.FILE_CONFLICT, "/etc/x belongs to a-1-r0", () -> install(layer("l", "a", "b")));
    assertThat(content(install(layer("l", "a", "c")).layers().get(0), "etc/x")).isEqualTo("c");
    assertThat(content(install(layer("l", "d"), layer("m", "a")).layers().get(0), "etc/x"))
        .as("what replaces it stays although it came first")
        .isEqualTo("d");
  }

  @Test
  void install_folderInPlaceOfFileOrFileInPlaceOfFolder_isConflict() throws IOException {
    add(info("file"), Map.of(), text("opt/x", "x"));
    add(info("folder"), Map.of(), text("opt/x/y", "y"));

    assertRefused(
        RootfsCode.FILE_CONFLICT,
        "/opt/x is a folder in it, but not in file-1-r0",
        () -> install(layer("a", "file", "folder")));
    assertRefused(
        RootfsCode.FILE_CONFLICT,
        "/opt/x is not a folder in it, but one in folder-1-r0",
        () -> install(layer("a", "folder"), layer("b", "file")));
  }

  @Test
  void install_fileWithHardLinkReplacedByAnother_isConflict() throws IOException {
    add(
        info("a"),
        Map.of(),
        text("etc/x", "a"),
        PackageFile.of(
            new TarEntry(
                "etc/y", TarEntry.Type.HARDLINK, 0644, 0, 0, 0, TIME, "etc/x", "", "", Map.of())));
    add(info("b").replaces("a"), Map.of(), text("etc/x", "b"));

    assertRefused(
        RootfsCode.FILE_CONFLICT,
        "it replaces /etc/x, but a-1-r0 has a hard link to it",
        () -> install(layer("l", "a", "b")));
  }

  @Test
  void install_scriptThatFails_isRefused() throws IOException {
    add(info("second-root"), Map.of(ScriptType.PRE_INSTALL, "#!/bin/sh\nadduser -D -u 0 toor\n"));

    assertRefused(
        RootfsCode.UNKNOWN_SCRIPT,
        "would fail: the number 0 is in use",
        () -> install(layer("a", "base", "second-root")));
  }

  @Test
  void install_homeInHigherLayerThanItsParent_liesInTheLayerOfItsUser() throws IOException {
    add(
        info("server"),
        Map.of(
            ScriptType.PRE_INSTALL,
            "#!/bin/sh\naddgroup -S srv\nadduser -S -D -h /tmp/srv -G srv srv\n"));

    RootfsReport report = install(layer("a", "base"), layer("b", "server"));

    assertThat(list(report.layers().get(1)))
        .anyMatch(line -> line.matches("drwxr-sr-x 100/100 .* tmp/srv/"));
    assertThat(list(report.layers().get(0))).noneMatch(line -> line.endsWith("tmp/srv/"));
  }

  @Test
  void install_fileThroughLinkOfOtherPackage_isConflictIfAThirdHasIt() throws IOException {
    add(info("evil"), Map.of(), PackageFile.of(TarEntry.symlink("opt", "/etc", TIME)));
    add(info("victim"), Map.of(), text("opt/passwd", "x"));

    assertRefused(
        RootfsCode.FILE_CONFLICT,
        "/etc/passwd belongs to base-1-r0",
        () -> install(layer("a", "base", "evil", "victim")));
    assertRefused(
        RootfsCode.FILE_CONFLICT,
        "/opt is a folder in it, but in evil-1-r0 a link to no folder",
        () -> install(layer("a", "evil", "victim")));
  }

  @Test
  void install_packageOtherThanIndexSays_isRefused() throws IOException {
    add(info("app"), Map.of(), text("usr/bin/app", "x"));
    new IndexWriter(signer).write(repository.resolve("x86_64/APKINDEX.tar.gz"), packages, "test");
    InstallRequest request = request(folder.resolve("out"), layer("a", "app"));
    add(info("app").description("another"), Map.of(), text("usr/bin/app", "y"));

    assertRefused(
        PackageCode.APK_IDENTITY, "app-1-r0.apk", () -> new Installer(line -> {}).install(request));
    assertThat(folder.resolve("out/layers/a.tar.gz")).doesNotExist();
  }

  @Test
  void install_busyboxPaths_becomeLinksWhereNoPackageHasThem() throws IOException {
    add(info("busybox"), Map.of(), text("etc/busybox-paths.d/busybox", "bin/ls\nusr/bin/vi\n"));
    add(info("vim"), Map.of(), text("usr/bin/vi", "x"));

    Layer layer = install(layer("a", "busybox", "vim")).layers().get(0);

    assertThat(list(layer))
        .anyMatch(line -> line.matches("lrwxrwxrwx 0/0 .* bin/ls -> /bin/busybox"))
        .filteredOn(line -> line.contains("usr/bin/vi"))
        .singleElement()
        .asString()
        .startsWith("-rw");
  }

  @Test
  void install_filesOfUser_lieOverPackagesWithPlainOwnersAndModes() throws IOException {
    Path files = folder.resolve("files");
    Files.createDirectories(files.resolve("etc"));
    Files.writeString(files.resolve("etc/motd"), "hello");
    Files.writeString(files.resolve("etc/run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        files.resolve("etc/run"), PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(files.resolve("etc/link"), Path.of("motd"));
    add(info("motd"), Map.of(), text("etc/motd", "package"));

    RootfsReport report =
        install(new LayerSpec("a", List.of(Dependency.parse("motd")), List.of(files)));

    Layer layer = report.layers().get(0);
    assertThat(content(layer, "etc/motd")).isEqualTo("hello");
    assertThat(list(layer))
        .anyMatch(line -> line.matches("-rwxr-xr-x 0/0 .* etc/run"))
        .anyMatch(line -> line.matches("-rw-r--r-- 0/0 .* etc/motd"))
        .anyMatch(line -> line.matches("lrwxrwxrwx 0/0 .* etc/link -> motd"));
    assertThat(report.layers().get(0).contents()).contains("motd-1-r0", "/etc/motd");
  }

  /** On a base image, a database without its packages would hide the one that knows them. */
  @Test
  void install_filesAlone_haveNoDatabaseOfPackages() throws IOException {
    Path files = Files.createDirectories(folder.resolve("files/srv"));
    Files.writeString(files.resolve("page"), "hello");

    RootfsReport report = install(new LayerSpec("a", List.of(), List.of(folder.resolve("files"))));

    assertThat(list(report.layers().get(0)))
        .hasSize(2)
        .anyMatch(line -> line.matches("drwxr-xr-x 0/0 .* srv/"))
        .anyMatch(line -> line.matches("-rw-r--r-- 0/0 .* srv/page"));
  }

  @Test
  void install_missingFolderOfFiles_isNamed() {
    assertRefused(
        CommonCode.CONFIGURATION,
        "no such folder",
        () -> install(new LayerSpec("a", List.of(), List.of(folder.resolve("absent")))));
  }

  @Test
  void install_twice_givesTheSameBytesAndIsSeenAsUnchanged() throws IOException {
    RootfsReport first = install(layer("a", "base"));
    RootfsReport second = install(folder.resolve("other"), layer("a", "base"));

    assertThat(second.layers()).isEqualTo(first.layers());
    List<String> said = new ArrayList<>();
    Path report = folder.resolve("out/rootfs.json");
    Json.write(report, first);
    assertThat(Inputs.unchanged(report, first.inputs(), said::add)).contains(first);
    assertThat(Inputs.unchanged(report, Digest.of(new byte[1]), said::add)).isEmpty();
    Files.writeString(folder.resolve("out").resolve(first.layers().get(0).file()), "damaged");
    assertThat(Inputs.unchanged(report, first.inputs(), said::add)).isEmpty();
    assertThat(said).isEmpty();
    Files.writeString(report, "{\"layers\": []}");
    assertThat(Inputs.unchanged(report, first.inputs(), said::add)).isEmpty();
    assertThat(said).singleElement().asString().contains(report + " of an earlier build");
  }

  @Test
  void install_usrMerged_putsAllBelowUsrAndLinksTheRest() throws IOException {
    layout = Layout.USR_MERGED;
    PackageInfoBuilder tool = info("tool").depends("base");
    add(
        tool,
        Map.of(),
        PackageFile.of(TarEntry.directory("bin", 0755, TIME)),
        text("bin/tool", "tool"),
        PackageFile.of(
            new TarEntry(
                "bin/twin",
                TarEntry.Type.HARDLINK,
                0644,
                0,
                0,
                0,
                TIME,
                "bin/tool",
                "",
                "",
                Map.of())),
        PackageFile.of(TarEntry.directory("usr", 0755, TIME)),
        PackageFile.of(TarEntry.directory("usr/bin", 0755, TIME)),
        text("usr/bin/other", "other"),
        PackageFile.of(TarEntry.symlink("usr/bin/tool", "../../bin/tool", TIME)),
        PackageFile.of(TarEntry.directory("etc/busybox-paths.d", 0755, TIME)),
        text("etc/busybox-paths.d/tool", "bin/sh\nusr/bin/env\n"));

    Layer layer = install(layer("all", "tool")).layers().get(0);

    List<String> paths = tar("-tzf", folder.resolve("out").resolve(layer.file()).toString());
    assertThat(paths)
        .contains(
            "usr/bin/tool",
            "usr/bin/twin",
            "usr/bin/other",
            "usr/bin/sh",
            "usr/bin/env",
            "usr/lib/apk/db/installed",
            "bin",
            "lib",
            "sbin")
        .noneMatch(path -> path.matches("(bin|lib|sbin)/.*"))
        .doesNotHaveDuplicates();
    assertThat(list(layer))
        .anyMatch(line -> line.endsWith(" bin -> usr/bin"))
        .anyMatch(line -> line.endsWith(" usr/bin/twin link to usr/bin/tool"));
    assertThat(content(layer, "usr/lib/apk/db/installed"))
        .contains("F:usr/bin\nR:tool\n", "R:other\n")
        .doesNotContain("F:bin\n");
  }

  @Test
  void install_usrMergedAndPackageHasBothPlaces_isConflict() throws IOException {
    layout = Layout.USR_MERGED;
    add(
        info("tool").depends("base"),
        Map.of(),
        PackageFile.of(TarEntry.directory("bin", 0755, TIME)),
        text("bin/tool", "one"),
        PackageFile.of(TarEntry.directory("usr", 0755, TIME)),
        PackageFile.of(TarEntry.directory("usr/bin", 0755, TIME)),
        text("usr/bin/tool", "two"));

    assertThatThrownBy(() -> install(layer("all", "tool")))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("/usr/bin/tool");
  }

  @Test
  void install_twoLayersOfOneName_isRefusedAndWritesNothing() {
    assertThatThrownBy(() -> install(layer("a", "busybox"), layer("a", "vim")))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("Could not lay out the layer a: two layers have that name")
        .hasMessageContaining("Give each <layer> its own <name>");
    assertThat(folder.resolve("out/layers")).doesNotExist();
  }

  @Test
  void install_namesWithCapitals_areSortedAsApkSorts() throws IOException {
    for (String name : List.of("Rlang", "aaa", "zzz")) {
      add(info(name), Map.of(), text(name, name));
    }
    Layer layer = install(layer("all", "Rlang", "aaa", "zzz")).layers().get(0);
    assertThat(content(layer, "etc/apk/world")).isEqualTo("aaa\nRlang\nzzz");
    assertThat(content(layer, "lib/apk/db/installed").lines().filter(line -> line.startsWith("P:")))
        .containsExactly("P:aaa", "P:Rlang", "P:zzz");
  }
}
