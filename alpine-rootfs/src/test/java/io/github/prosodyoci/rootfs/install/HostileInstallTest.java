package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that are swapped while they are read, or that hold more than files. */
@Tag("slow")
class HostileInstallTest {

  private static final long TIME = 1_700_000_000;
  private static final int SIZE = 300_000;
  private static Signer signer;

  @TempDir Path folder;
  private Path repository;
  private Path genuine;
  private Path other;
  private String name = "app";

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  /** Makes a package, and another of the same name, version, size and layout. */
  @BeforeEach
  void makePackages() throws IOException {
    repository = Files.createDirectories(folder.resolve("repository/x86_64")).getParent();
    genuine = write("genuine.apk", file("usr/app", 'g'));
    other = write("other.apk", file("usr/app", 'o'));
  }

  private static PackageFile file(String path, char content) {
    byte[] bytes = new byte[SIZE];
    Arrays.fill(bytes, (byte) content);
    return PackageFile.of(TarEntry.file(path, 0644, SIZE, TIME), bytes);
  }

  private Path write(String name, PackageFile... files) throws IOException {
    PackageInfo info =
        PackageInfo.builder("app", "1-r0", "x86_64")
            .license("MIT")
            .origin("app")
            .buildDate(TIME)
            .build();
    Path file = folder.resolve(name);
    new PackageWriter(signer).write(file, info, Map.of(), Arrays.asList(files));
    return file;
  }

  private Path published() {
    return repository.resolve("x86_64/" + name + "-1-r0.apk");
  }

  /** Puts a file in the place of the published package at one stroke. */
  private void publish(Path file) throws IOException {
    Path copy = folder.resolve("copy.tmp");
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    Files.move(copy, published(), StandardCopyOption.ATOMIC_MOVE);
  }

  private InstallRequest request(Path output) throws IOException {
    return request(output, new LayerSpec("all", List.of(Dependency.parse(name)), List.of()));
  }

  private InstallRequest request(Path output, LayerSpec... layers) throws IOException {
    new IndexWriter(signer)
        .write(repository.resolve("x86_64/APKINDEX.tar.gz"), List.of(published()), "test");
    return new InstallRequest(
        Platform.LINUX_AMD64,
        List.of(
            PackageRepository.open(
                "test", "", repository, Platform.LINUX_AMD64, TrustedKeys.of(signer))),
        Arrays.asList(layers),
        Map.of(),
        Instant.ofEpochSecond(TIME),
        Layout.AS_PACKAGED,
        output,
        "1",
        true);
  }

  private Map<String, TarEntry> layer(Path output, Map<String, byte[]> contents)
      throws IOException {
    Map<String, TarEntry> entries = new TreeMap<>();
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(output.resolve("layers/all.tar.gz")))) {
      TarReader tar = new TarReader(in, "layer", TarReader.Dialect.ARCHIVE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        entries.put(entry.path(), entry);
        contents.put(entry.path(), tar.content().readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void visit_swappedAfterTheControlPartWasRead_isRefused() throws IOException {
    publish(genuine);
    Apk apk = Apk.read(published(), TrustedKeys.of(signer));
    publish(other);

    assertThatThrownBy(apk::verify)
        .isInstanceOfSatisfying(
            FailureException.class,
            e ->
                assertThat(e.failureCode()).isIn(PackageCode.APK_DATAHASH, PackageCode.APK_FORMAT));
    assertThatThrownBy(() -> apk.extract(folder.resolve("root")))
        .isInstanceOf(FailureException.class);
    assertThat(folder.resolve("root")).doesNotExist();
  }

  @Test
  void install_packageSwappedAllTheTime_laysDownTheGenuineOrNothing() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper =
        new Thread(
            () -> {
              try {
                while (!done.get()) {
                  publish(other);
                  publish(genuine);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    int installed = 0;
    int refused = 0;
    publish(genuine);
    InstallRequest request = request(folder.resolve("out"));
    swapper.start();
    try {
      for (int i = 0; i < 400; i++) {
        Path layer = folder.resolve("out/layers/all.tar.gz");
        Files.deleteIfExists(layer);
        try {
          new Installer(line -> {}).install(request);
          Map<String, byte[]> contents = new TreeMap<>();
          layer(folder.resolve("out"), contents);
          assertThat(contents.get("usr/app")).hasSize(SIZE).containsOnly((byte) 'g');
          installed++;
        } catch (FailureException e) {
          assertThat(e.failureCode())
              .as(e.getMessage())
              .isIn(PackageCode.APK_IDENTITY, PackageCode.APK_DATAHASH, PackageCode.APK_FORMAT);
          assertThat(layer).doesNotExist();
          refused++;
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(installed).isPositive();
    assertThat(refused).isPositive();
    assertThat(folder.resolve("out/layers"))
        .isDirectoryNotContaining(path -> !path.endsWith("all.tar.gz"));
  }

  @Test
  void install_device_isRefusedAndLeavesNoLayer() throws IOException {
    name = "hello";
    byte[] files = new RawTar().link("null", '3', "").end();
    publish(Files.write(folder.resolve("device.apk"), RawApk.of(files).sign(signer).bytes()));
    InstallRequest request = request(folder.resolve("out"));

    assertThatThrownBy(() -> new Installer(line -> {}).install(request))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(RootfsCode.DEVICE))
        .hasMessageContaining("Could not install hello-1-r0: /null in it is a device (device).");
    assertThat(folder.resolve("out/layers/all.tar.gz")).doesNotExist();
  }

  /** Two names of one file: the layer would hold a link to a file that comes after it. */
  @Test
  void install_filesOverAFileWithHardLinks_areRefusedInItsOwnLayer() throws IOException {
    publish(
        write(
            "links.apk",
            file("usr/app", 'g'),
            PackageFile.of(
                new TarEntry(
                    "usr/link",
                    TarEntry.Type.HARDLINK,
                    0644,
                    0,
                    0,
                    0,
                    TIME,
                    "usr/app",
                    "",
                    "",
                    Map.of()))));
    Path over = Files.createDirectories(folder.resolve("over/usr"));
    Files.writeString(over.resolve("app"), "mine");
    List<Dependency> app = List.of(Dependency.parse("app"));
    List<Path> files = List.of(over.getParent());
    InstallRequest same = request(folder.resolve("out"), new LayerSpec("all", app, files));
    InstallRequest above =
        request(
            folder.resolve("out"),
            new LayerSpec("lower", app, List.of()),
            new LayerSpec("all", List.of(), files));

    assertThatThrownBy(() -> new Installer(line -> {}).install(same))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(RootfsCode.FILE_CONFLICT))
        .hasMessageContaining("app-1-r0 has hard links to it in the same layer");
    Map<String, byte[]> contents = new TreeMap<>();
    new Installer(line -> {}).install(above);
    layer(folder.resolve("out"), contents);
    assertThat(contents.get("usr/app")).asString(StandardCharsets.UTF_8).isEqualTo("mine");
  }

  @Test
  void install_setIdAttributesAndPipes_areInTheLayerAsInThePackage() throws IOException {
    Map<String, String> capability =
        Map.of("SCHILY.xattr.security.capability", "\u0001\0\0\u0002\0 \0\0");
    PackageFile program = file("program", 'p');
    publish(
        write(
            "special.apk",
            new PackageFile(program.entry().withPaxHeaders(capability), program.content()),
            PackageFile.of(
                new TarEntry(
                    "setid", TarEntry.Type.FILE, 06755, 3, 4, 0, TIME, "", "", "", Map.of())),
            PackageFile.of(
                new TarEntry(
                    "pipe", TarEntry.Type.FIFO, 0600, 0, 0, 0, TIME, "", "", "", Map.of()))));
    new Installer(line -> {}).install(request(folder.resolve("out")));

    Map<String, TarEntry> layer = layer(folder.resolve("out"), new TreeMap<>());
    assertThat(layer.get("program").paxHeaders()).isEqualTo(capability);
    assertThat(layer.get("setid").mode()).isEqualTo(06755);
    assertThat(layer.get("setid").uid()).isEqualTo(3);
    assertThat(layer.get("setid").gid()).isEqualTo(4);
    assertThat(layer.get("pipe").type()).isEqualTo(TarEntry.Type.FIFO);
  }
}
