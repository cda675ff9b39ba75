package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that two packages have, a and b, which is installed after it: as apk 2.14 decides. */
@Tag("slow")
class FileConflictOracleTest {

  private static final long TIME = 1_700_000_000;
  private static final String PATH = "etc/x";
  private static final String CONFLICT = "conflict";

  @TempDir Path folder;
  private final Signer signer = Signer.generate("test.rsa.pub", 2048);

  private static PackageInfoBuilder info(String name) {
    return PackageInfo.builder(name, "1-r0", "x86_64").license("MIT").buildDate(TIME);
  }

  private static PackageInfoBuilder a() {
    return info("a").origin("a");
  }

  private static PackageInfoBuilder b() {
    return info("b").origin("b").depends("a");
  }

  static Stream<Arguments> pairs() {
    return Stream.of(
        Arguments.of("neither replaces", a(), b(), "other"),
        Arguments.of("same bytes", a(), b(), "a"),
        Arguments.of("same origin", a(), info("b").origin("a").depends("a"), "other"),
        Arguments.of(
            "same origin, and the earlier replaces",
            a().replaces("b").replacesPriority(9),
            info("b").origin("a").depends("a"),
            "other"),
        Arguments.of("no origin", info("a"), info("b").depends("a"), "other"),
        Arguments.of("the later replaces", a(), b().replaces("a"), "other"),
        Arguments.of("the earlier replaces", a().replaces("b"), b(), "other"),
        Arguments.of("each replaces the other", a().replaces("b"), b().replaces("a"), "other"),
        Arguments.of(
            "the earlier has priority",
            a().replaces("b").replacesPriority(2),
            b().replaces("a").replacesPriority(1),
            "other"),
        Arguments.of(
            "the later has priority",
            a().replaces("b").replacesPriority(1),
            b().replaces("a").replacesPriority(2),
            "other"),
        Arguments.of(
            "a tie of priorities",
            a().replaces("b").replacesPriority(3),
            b().replaces("a").replacesPriority(3),
            "other"),
        Arguments.of("priority without a claim", a().replacesPriority(9), b(), "other"),
        Arguments.of("another version is replaced", a(), b().replaces("a<1"), "other"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pairs")
  void file_ofTwoPackages_isDecidedAsByApk(
      String name, PackageInfoBuilder first, PackageInfoBuilder second, String content)
      throws IOException {
    Alpine.assumeRoot();
    Path repository = folder.resolve("repository");
    List<Path> packages =
        List.of(write(repository, first.build(), "a"), write(repository, second.build(), content));
    new IndexWriter(signer).write(repository.resolve("x86_64/APKINDEX.tar.gz"), packages, "test");

    assertThat(ours(repository)).as(name).isEqualTo(theirs(repository));
  }

  private Path write(Path repository, PackageInfo info, String content) throws IOException {
    Path file = repository.resolve("x86_64").resolve(info.fileName());
    Files.createDirectories(file.getParent());
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    new PackageWriter(signer)
        .write(
            file,
            info,
            Map.of(),
            List.of(PackageFile.of(TarEntry.file(PATH, 0644, bytes.length, TIME), bytes)));
    return file;
  }

  private String theirs(Path repository) throws IOException {
    Path keys = Files.createDirectories(folder.resolve("keys"));
    Files.writeString(keys.resolve(signer.keyName()), signer.publicKeyPem());
    Path root = folder.resolve("theirs");
    Alpine.Result result =
        Alpine.Tool.unpack(folder.resolve("tool"))
            .run(
                "add",
                "--root",
                root,
                "--initdb",
                "--arch",
                "x86_64",
                "--keys-dir",
                keys,
                "--repositories-file",
                "/dev/null",
                "-X",
                repository,
                "b");
    if (result.output().contains("trying to overwrite")) {
      assertThat(result.status()).as(result.output()).isNotZero();
      return CONFLICT;
    }
    result.success();
    return Files.readString(root.resolve(PATH));
  }

  private String ours(Path repository) throws IOException {
    InstallRequest request =
        new InstallRequest(
            Platform.LINUX_AMD64,
            List.of(
                PackageRepository.open(
                    "test", "", repository, Platform.LINUX_AMD64, TrustedKeys.of(signer))),
            List.of(new LayerSpec("all", List.of(Dependency.parse("b")), List.of())),
            Map.of(),
            Instant.ofEpochSecond(TIME),
            Layout.AS_PACKAGED,
            folder.resolve("ours"),
            "1",
            true);
    try {
      new Installer(line -> {}).install(request);
    } catch (FailureException e) {
      assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(RootfsCode.FILE_CONFLICT);
      return CONFLICT;
    }
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(folder.resolve("ours/layers/all.tar.gz")))) {
      TarReader tar = new TarReader(in, "layer", TarReader.Dialect.ARCHIVE);
      String found = "";
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.path().equals(PATH)) {
          found += new String(tar.content().readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      return found;
    }
  }
}
