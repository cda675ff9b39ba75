package io.github.prosodyoci.packages.apk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.index.IndexWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageWriterTest {

  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);
  private static Signer signer;

  @TempDir Path folder;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  static PackageInfo info(String name) {
    return PackageInfo.builder(name, "1.2.3-r4", "x86_64")
        .description("A greeting, für alle")
        .url("https://example.org/")
        .license("MIT")
        .origin("hello")
        .maintainer("A B <a@example.org>")
        .buildDate(1700000000)
        .depends("so:libc.musl-x86_64.so.1", "!goodbye<2", "other>=1.0_rc1")
        .provides("cmd:hello=1.2.3-r4", "greeting")
        .replaces("goodbye")
        .installIf("hello-base", "docs=1")
        .providerPriority(10)
        .replacesPriority(3)
        .triggers("/usr/lib", "/usr/share/*")
        .build();
  }

  static List<PackageFile> files() {
    return List.of(
        PackageFile.of(TarEntry.symlink("usr/bin/hi", "hello", 1700000000)),
        PackageFile.of(TarEntry.file("usr/bin/hello", 0755, 6, 1700000000), HELLO),
        PackageFile.of(
            new TarEntry(
                "usr/bin/again",
                TarEntry.Type.HARDLINK,
                0755,
                0,
                0,
                0,
                1700000000,
                "usr/bin/hello",
                "",
                "",
                Map.of())),
        PackageFile.of(TarEntry.file("usr/share/" + "n".repeat(160), 04755, 0, 1700000000)),
        PackageFile.of(
            TarEntry.directory("var/lib/hello", 01770, 1700000000).withOwner(100, 101, "", "")));
  }

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name + "-1.2.3-r4.apk");
    new PackageWriter(signer)
        .write(
            file,
            info(name),
            Map.of(ScriptType.PRE_INSTALL, "#!/bin/sh\naddgroup -S hello\n"),
            files());
    return file;
  }

  @Test
  void write_isReadBackAsItWas() throws IOException {
    Apk apk = Apk.read(write("hello"), TrustedKeys.of(signer));
    assertThat(apk.info()).isEqualTo(info("hello").withInstalledSize(6));
    assertThat(apk.scripts())
        .containsExactly(Map.entry(ScriptType.PRE_INSTALL, "#!/bin/sh\naddgroup -S hello\n"));
    List<String> paths = new ArrayList<>();
    apk.visit((entry, checksum, content) -> paths.add(entry.path()));
    assertThat(paths)
        .containsExactly(
            "usr",
            "usr/bin",
            "usr/bin/hello",
            "usr/bin/hi",
            "usr/share",
            "usr/share/" + "n".repeat(160),
            "var",
            "var/lib",
            "var/lib/hello",
            "usr/bin/again");
  }

  @Test
  void write_givesTheSameBytesAgain() throws IOException {
    Digest first = Digest.of(write("hello"));
    assertThat(Digest.of(write("hello"))).isEqualTo(first);
  }

  @Test
  void write_twoFilesOfOneName_isRefused() {
    List<PackageFile> twice = new ArrayList<>(files());
    twice.add(PackageFile.of(TarEntry.file("usr/bin/hello", 0644, 0, 0)));
    assertThatThrownBy(
            () ->
                new PackageWriter().write(folder.resolve("x.apk"), info("hello"), Map.of(), twice))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("usr/bin/hello");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void sign_ofUnsignedPackage_equalsSignedWriting() throws IOException {
    Path unsigned = folder.resolve("u.apk");
    new PackageWriter()
        .write(
            unsigned,
            info("hello"),
            Map.of(ScriptType.PRE_INSTALL, "#!/bin/sh\naddgroup -S hello\n"),
            files());
    signer.sign(unsigned, unsigned);
    assertThat(unsigned).hasSameBinaryContentAs(write("hello"));
  }

  @Test
  void signer_isReadBackFromItsPem() throws IOException {
    Path pem = folder.resolve("key.rsa");
    Files.writeString(pem, signer.privateKeyPem());
    assertThat(Signer.read(pem, "test.rsa.pub").publicKeyPem()).isEqualTo(signer.publicKeyPem());
  }

  @Test
  void signatureLength_doesNotDependOnTheKey() throws IOException {
    Signer other = Signer.generate("test.rsa.pub", 2048);
    for (byte i = 0; i < 20; i++) {
      byte[] signed = {i};
      assertThat(other.member(new ByteArrayInputStream(signed)))
          .hasSameSizeAs(signer.member(new ByteArrayInputStream(signed)));
    }
  }

  @Test
  void extract_laysDownFilesAndLinks() throws IOException {
    Path root = folder.resolve("root");
    Apk.read(write("hello")).extract(root);
    assertThat(root.resolve("usr/bin/again")).hasBinaryContent(HELLO);
    assertThat(root.resolve("usr/bin/hi")).isSymbolicLink().hasBinaryContent(HELLO);
    assertThat(root.resolve("usr/bin/hello")).isExecutable();
  }

  @Test
  void apkItself_verifiesAndInstallsWhatWeWrite() throws IOException {
    Alpine.Tool apk = Alpine.Tool.unpack(folder.resolve("tool"));
    Path keys = Files.createDirectories(folder.resolve("keys"));
    Files.writeString(keys.resolve("test.rsa.pub"), signer.publicKeyPem());
    Path repository = Files.createDirectories(folder.resolve("repository/x86_64"));
    Path base = repository.resolve("hello-1.2.3-r4.apk");
    PackageInfo info =
        PackageInfo.builder("hello", "1.2.3-r4", "x86_64")
            .license("MIT")
            .provides("cmd:hello=1.2.3-r4")
            .buildDate(1700000000)
            .build();
    new PackageWriter(signer).write(base, info, Map.of(), files());
    assertThat(apk.run("verify", "--keys-dir", keys, base).success()).contains("OK");

    Alpine.assumeRoot();
    Path index = repository.resolve("APKINDEX.tar.gz");
    new IndexWriter(signer).write(index, List.of(base), "test");
    Path root = folder.resolve("root");
    apk.run(
            "add",
            "--root",
            root,
            "--initdb",
            "--no-scripts",
            "--keys-dir",
            keys,
            "-X",
            repository.getParent(),
            "--arch",
            "x86_64",
            "cmd:hello")
        .success();
    assertThat(root.resolve("usr/bin/hi")).hasBinaryContent(HELLO);
    assertThat(apk.run("info", "--root", root, "-W", "/usr/bin/hello").output())
        .contains("hello-1.2.3-r4");

    Path theirs = folder.resolve("APKINDEX.theirs");
    apk.run("index", "--allow-untrusted", "--keys-dir", keys, "-o", theirs, "-d", "test", base)
        .success();
    try (GzipMembers ours = new GzipMembers(index);
        GzipMembers apks = new GzipMembers(theirs)) {
      ours.nextRaw(1 << 20);
      byte[] our = ours.readAll((bytes, offset, length) -> {}, 1 << 20);
      byte[] their = apks.readAll((bytes, offset, length) -> {}, 1 << 20);
      assertThat(text(our)).isEqualTo(text(their));
    }
  }

  private static String text(byte[] tar) throws IOException {
    TarReader reader =
        new TarReader(new ByteArrayInputStream(tar), "index", TarReader.Dialect.ARCHIVE);
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      if (entry.path().equals("APKINDEX")) {
        return new String(reader.content().readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    throw new AssertionError("no APKINDEX");
  }
}
