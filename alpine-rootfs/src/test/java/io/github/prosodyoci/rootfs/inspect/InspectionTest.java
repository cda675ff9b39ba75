package io.github.prosodyoci.rootfs.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.inspect.Inspection.Change;
import io.github.prosodyoci.rootfs.inspect.Inspection.Installed;
import io.github.prosodyoci.rootfs.inspect.Inspection.Kind;
import io.github.prosodyoci.rootfs.install.InstallRequest;
import io.github.prosodyoci.rootfs.install.Installer;
import io.github.prosodyoci.rootfs.install.LayerSpec;
import io.github.prosodyoci.rootfs.install.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of small packages, changed by a layer of somebody else. */
class InspectionTest {

  private static final long TIME = 1_700_000_000;
  private static Signer signer;

  @TempDir Path folder;
  private Path packages;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  /** Installs two packages in one layer. */
  @BeforeEach
  void install() throws IOException {
    Path repository = Files.createDirectories(folder.resolve("repository/x86_64"));
    List<Path> written = new ArrayList<>();
    PackageWriter writer = new PackageWriter(signer);
    for (String name : List.of("app", "lib")) {
      PackageInfo info =
          PackageInfo.builder(name, "1-r0", "x86_64").license("MIT").origin("src").build();
      Path file = repository.resolve(info.fileName());
      List<PackageFile> files =
          List.of(
              text("usr/" + name + "/a", "a"),
              text("usr/" + name + "/b", "b"),
              PackageFile.of(TarEntry.directory("var", 0755, TIME)),
              PackageFile.of(TarEntry.directory("var/" + name, 0750, TIME)),
              PackageFile.of(TarEntry.symlink("usr/" + name + "/link", "a", TIME)));
      writer.write(file, info, Map.of(), files);
      written.add(file);
    }
    new IndexWriter(signer).write(repository.resolve("APKINDEX.tar.gz"), written, "test");
    InstallRequest request =
        new InstallRequest(
            Platform.LINUX_AMD64,
            List.of(
                PackageRepository.open(
                    "test",
                    "",
                    repository.getParent(),
                    Platform.LINUX_AMD64,
                    TrustedKeys.of(signer))),
            List.of(new LayerSpec("all", Dependency.parseAll("app lib"), List.of())),
            Map.of(),
            Instant.ofEpochSecond(TIME),
            Layout.AS_PACKAGED,
            folder.resolve("out"),
            "1",
            true);
    Layer layer = new Installer(line -> {}).install(request).report().layers().get(0);
    packages = folder.resolve("out").resolve(layer.file());
  }

  private static PackageFile text(String path, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return PackageFile.of(TarEntry.file(path, 0644, bytes.length, TIME), bytes);
  }

  private static Inspection inspect(Path image) throws IOException {
    return Inspection.of(image, Platform.LINUX_AMD64);
  }

  /** Returns a layer that changes what is below it. */
  private static byte[] changes() {
    return new RawTar()
        .folder("usr")
        .folder("usr/app")
        .file("usr/app/a", "other")
        .entry("usr/app/b", '0', new byte[] {'b'}, block -> block.text(100, 8, "0000755"))
        .file("usr/app/.wh.link", "")
        .folder("usr/lib")
        .file("usr/lib/.wh..wh..opq", "")
        .link("usr/lib/a", '1', "usr/app/b")
        .file("opt", "new")
        .file(".wh.var", "")
        .end();
  }

  /** Returns the files of an OCI layout with two layers. */
  private Map<String, byte[]> layout() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    List<String> layers = new ArrayList<>();
    for (byte[] layer : List.of(Files.readAllBytes(packages), RawApk.gzip(changes()))) {
      layers.add(blob(files, layer));
    }
    String manifest =
        blob(
            files,
            ("{\"layers\": [" + String.join(", ", layers) + "], \"unknown\": 1}").getBytes(UTF_8));
    String other =
        manifest.replaceFirst(
            "\\{", "{\"platform\": {\"os\": \"linux\", \"architecture\": \"arm64\"}, ");
    String ours =
        manifest.replaceFirst(
            "\\{", "{\"platform\": {\"os\": \"linux\", \"architecture\": \"amd64\"}, ");
    String list = blob(files, ("{\"manifests\": [" + other + ", " + ours + "]}").getBytes(UTF_8));
    files.put("index.json", ("{\"manifests\": [" + list + "]}").getBytes(UTF_8));
    return files;
  }

  private static String blob(Map<String, byte[]> files, byte[] content) {
    Digest digest = Digest.of(content);
    files.put("blobs/sha256/" + digest.hex(), content);
    return "{\"digest\": \"" + digest + "\"}";
  }

  private Path asFolder(Map<String, byte[]> files) throws IOException {
    Path layout = folder.resolve("layout");
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      Path file = layout.resolve(each.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, each.getValue());
    }
    return layout;
  }

  private void assertRefused(Path image, String found) {
    assertThatThrownBy(() -> inspect(image))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(RootfsCode.DATABASE))
        .hasMessageContaining(found);
  }

  @Test
  void of_layerOfOurs_findsItsPackagesAndNoChange() throws IOException {
    Inspection found = inspect(packages);

    assertThat(found.packages()).extracting(Installed::name).containsExactly("app", "lib");
    assertThat(found.packages().get(0))
        .usingRecursiveComparison()
        .ignoringFields("identity")
        .isEqualTo(new Installed("app", "1-r0", "x86_64", "MIT", "src", "", 3));
    assertThat(found.packages().get(0).identity()).startsWith("Q1");
    assertThat(found.changes()).isEmpty();
    assertThat(found.unowned()).isEmpty();
  }

  @Test
  void of_imageChangedByAnotherLayer_findsWhatWasChanged() throws IOException {
    List<Change> expected =
        List.of(
            new Change(Kind.CONTENT, "usr/app/a", "app-1-r0"),
            new Change(Kind.OWNER_OR_MODE, "usr/app/b", "app-1-r0"),
            new Change(Kind.MISSING, "usr/app/link", "app-1-r0"),
            new Change(Kind.CONTENT, "usr/lib/a", "lib-1-r0"),
            new Change(Kind.OWNER_OR_MODE, "usr/lib/a", "lib-1-r0"),
            new Change(Kind.MISSING, "usr/lib/b", "lib-1-r0"),
            new Change(Kind.MISSING, "usr/lib/link", "lib-1-r0"),
            new Change(Kind.MISSING, "var", "app-1-r0"),
            new Change(Kind.MISSING, "var", "lib-1-r0"),
            new Change(Kind.MISSING, "var/app", "app-1-r0"),
            new Change(Kind.MISSING, "var/lib", "lib-1-r0"));
    Map<String, byte[]> files = layout();
    Inspection inFolder = inspect(asFolder(files));
    assertThat(inFolder.changes()).containsExactlyElementsOf(expected);
    assertThat(inFolder.unowned()).containsExactly("opt");

    RawTar tar = new RawTar();
    files.forEach(tar::file);
    Path archive = Files.write(folder.resolve("image.tar"), tar.end());
    assertThat(inspect(archive)).isEqualTo(inFolder);
    assertThatThrownBy(() -> Inspection.of(archive, Platform.parse("linux/386")))
        .hasMessageContaining("it holds 0 images for linux/386");
  }

  @Test
  void of_blobOtherThanItsDigest_isRefused() throws IOException {
    Map<String, byte[]> files = layout();
    for (String path : List.copyOf(files.keySet())) {
      if (path.contains(Digest.of(packages).hex())) {
        files.put(path, RawApk.gzip(changes()));
      }
    }
    assertRefused(asFolder(files), "has the digest");
  }

  @Test
  void of_imageWithoutPackages_isRefused() throws IOException {
    assertRefused(
        Files.write(folder.resolve("x.tar"), changes()), "there is no lib/apk/db/installed");
    assertRefused(folder.resolve("absent"), "there is no such file");
    assertRefused(Files.createDirectories(folder.resolve("empty")), "there is no lib/apk");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "P:a\nV:1\nR:file\n",
        "P:a\n\nP:b\nV:1\n",
        "V:1\n",
        "P:a\nV:1\nF:x\nM:0:0\n",
        "P:a\nV:1\nF:x\nM:0:0:999\n",
        "P:a\nV:1\nF:x\nR:y\na:-1:0:644\n",
        "P:a\nV:1\nF:x\nR:y\nZ:Q1*\n",
        "P:a\nV:1\nT:\u00ff\n"
      })
  void parse_damagedDatabase_isRefusedWithItsLine(String text) {
    assertThatThrownBy(() -> InstalledDatabase.parse(text.getBytes(ISO_8859_1), "db"))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(RootfsCode.DATABASE))
        .hasMessageContaining("Could not read db: ");
  }

  @Test
  void parse_pathOutOfTheRoot_isRefused() {
    for (String path : List.of("F:../x", "F:/x", "F:x\nR:..", "F:x\nR:a/../../b")) {
      assertThatThrownBy(
              () -> InstalledDatabase.parse(("P:a\nV:1\n" + path + "\n").getBytes(UTF_8), "db"))
          .isInstanceOf(FailureException.class)
          .hasMessageContaining("plain relative path");
    }
  }
}
