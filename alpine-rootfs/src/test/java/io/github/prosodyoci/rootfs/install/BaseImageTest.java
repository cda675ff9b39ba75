package io.github.prosodyoci.rootfs.install;

import static io.github.prosodyoci.rootfs.install.TreeOracleTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers on an image that holds packages; UpgradeOracleTest has what apk makes of it. */
@Tag("slow")
class BaseImageTest {

  private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);
  private static Signer signer;

  @TempDir Path folder;
  private TreeOracleTest.Repository made;
  private Path base;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  @BeforeEach
  void makeRepository() {
    made = new TreeOracleTest.Repository(folder.resolve("repository"), signer);
    base = folder.resolve("base/layers/all.tar.gz");
  }

  private static PackageInfoBuilder info(String name, String version) {
    return PackageInfo.builder(name, version, "x86_64")
        .license("MIT")
        .origin(name)
        .buildDate(TIME.getEpochSecond());
  }

  private InstallRequest request(String output, LayerSpec... layers) throws IOException {
    made.index();
    return new InstallRequest(
        Platform.LINUX_AMD64,
        List.of(
            PackageRepository.open(
                "test", "", made.folder(), Platform.LINUX_AMD64, TrustedKeys.of(signer))),
        Arrays.asList(layers),
        Map.of(),
        TIME,
        Layout.AS_PACKAGED,
        folder.resolve(output),
        "1",
        true);
  }

  private static LayerSpec layer(String name, String world) {
    return new LayerSpec(name, Dependency.parseAll(world), List.of());
  }

  private static void install(InstallRequest request) throws IOException {
    new Installer(line -> {}).install(request);
  }

  /** Returns the files and links of a layer with their content. */
  private Map<String, String> files(String layer) throws IOException {
    Map<String, String> files = new TreeMap<>();
    Path file = folder.resolve("out/layers/" + layer + ".tar.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      TarReader tar = new TarReader(in, layer, TarReader.Dialect.ARCHIVE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.type() != TarEntry.Type.DIRECTORY) {
          files.put(entry.path(), new String(tar.content().readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return files;
  }

  /** A user of an orphan, which its version 2 no longer needs. */
  private void makeBaseWithOrphan(Map<ScriptType, String> scripts) throws IOException {
    made.add(info("orphan", "1"), scripts, text("opt/x/f", "same"), text("opt/x/g", "g"));
    made.add(info("user", "1").depends("orphan"), Map.of(), text("opt/user", "1"));
    install(request("base", layer("all", "user")));
    made.add(info("user", "2"), Map.of(), text("opt/user", "2"));
    made.add(info("again", "1"), Map.of(), text("opt/x/f", "same"));
  }

  @Test
  void layer_bringsBackWhatALowerOneRemoved() throws IOException {
    makeBaseWithOrphan(Map.of());
    install(request("out", layer("lower", "user=2"), layer("upper", "again")).withBase(base));

    assertThat(files("lower")).containsOnlyKeys("opt/user", "opt/.wh.x");
    assertThat(files("upper")).containsOnlyKeys("opt/x/f", "etc/apk/world", "lib/apk/db/installed");
    assertThat(files("upper").get("lib/apk/db/installed"))
        .contains("P:again\n", "P:user\nV:2\n")
        .doesNotContain("P:orphan");
    assertThat(files("upper").get("etc/apk/world")).isEqualTo("again\nuser=2\n");
  }

  @Test
  void files_asTheBaseHasThem_areNotRepeated() throws IOException {
    makeBaseWithOrphan(Map.of());
    Path own = Files.createDirectories(folder.resolve("own/opt/x"));
    Files.writeString(own.resolve("f"), "same");
    Files.writeString(own.resolve("g"), "changed");
    List<Path> files = List.of(folder.resolve("own"));
    install(request("out", new LayerSpec("all", List.of(), files)).withBase(base));

    assertThat(files("all")).containsOnlyKeys("opt/x/g");
  }

  @Test
  void installedVersion_isPreferredToANewerOne() throws IOException {
    makeBaseWithOrphan(Map.of());
    made.add(info("more", "1").depends("user"), Map.of(), text("opt/more", "m"));
    install(request("out", layer("all", "more")).withBase(base));
    assertThat(files("all")).containsKey("opt/more").doesNotContainKey("opt/user");
  }

  @Test
  void packageThatNoRepositoryHas_stays() throws IOException {
    makeBaseWithOrphan(Map.of());
    made = new TreeOracleTest.Repository(folder.resolve("other"), signer);
    made.add(info("more", "1").depends("user<2"), Map.of(), text("opt/more", "m"));
    install(request("out", layer("all", "more")).withBase(base));
    assertThat(files("all").get("lib/apk/db/installed")).contains("P:orphan\n", "P:user\nV:1\n");
  }

  @Test
  void removalWithAnUnknownScript_stopsUnlessItIsWaived() throws IOException {
    String script = "#!/bin/sh\nrm -rf /var/orphan\n";
    makeBaseWithOrphan(Map.of(ScriptType.POST_DEINSTALL, script));
    InstallRequest request = request("out", layer("all", "user=2")).withBase(base);
    assertRefused(RootfsCode.UNKNOWN_SCRIPT, "its post-deinstall script", request);

    install(
        new InstallRequest(
                request.platform(),
                request.repositories(),
                request.layers(),
                Map.of(Digest.of(script.getBytes(StandardCharsets.UTF_8)), "nothing is there"),
                TIME,
                request.layout(),
                request.output(),
                "1",
                true)
            .withBase(base));
    assertThat(files("all")).containsKeys("opt/.wh.x", "lib/apk/db/scripts.tar");
  }

  @Test
  void triggerOfTheBase_whoseFolderChanges_mustBeKnown() throws IOException {
    made.add(
        info("watcher", "1").triggers("/opt/*"),
        Map.of(ScriptType.TRIGGER, "#!/bin/sh\ntrue\n"),
        text("usr/watcher", "w"));
    made.add(info("seen", "1"), Map.of(), text("opt/x/seen", "s"));
    made.add(info("unseen", "1"), Map.of(), text("srv/x/unseen", "u"));
    install(request("base", layer("all", "watcher")));
    RootfsReport seen =
        new Installer(line -> {})
            .install(request("out", layer("all", "seen")).withBase(base))
            .report();
    assertThat(seen.scripts())
        .extracting(each -> each.owner() + " " + each.type() + ": " + each.outcome())
        .containsExactly("watcher-1 trigger: does nothing");
    RootfsReport unseen =
        new Installer(line -> {})
            .install(request("out", layer("all", "unseen")).withBase(base))
            .report();
    assertThat(unseen.scripts()).isEmpty();
  }

  @Test
  void worldOfTheBase_counts() throws IOException {
    makeBaseWithOrphan(Map.of());
    made.add(info("enemy", "1").depends("!user"), Map.of(), text("opt/enemy", "e"));
    assertRefused(
        PackageCode.UNSATISFIABLE,
        "enemy user cannot be installed together",
        request("out", layer("all", "enemy")).withBase(base));
  }

  @Test
  void imageWithoutDatabase_isRefused() throws IOException {
    made.add(info("any", "1"), Map.of(), text("opt/any", "a"));
    Path image = folder.resolve("image.tar");
    Files.write(image, new RawTar().file("file", "x").end());
    assertRefused(
        RootfsCode.DATABASE,
        "it has no database of packages",
        request("out", layer("all", "any")).withBase(image));
  }

  private void assertRefused(FailureCode code, String part, InstallRequest request) {
    assertThatThrownBy(() -> install(request))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(code))
        .hasMessageContaining(part);
    assertThat(folder.resolve("out/layers/all.tar.gz")).doesNotExist();
  }
}
