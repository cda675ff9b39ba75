package io.github.prosodyoci.packages.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.StaticServer;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class RepositoryPublisherTest {

  private static Signer signer;

  @TempDir Path folder;
  private Path built;
  private Path published;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  @BeforeEach
  void build() throws IOException {
    built = folder.resolve("built");
    published = folder.resolve("published");
    write(signer, "hello", "1-r0", "x86_64", "hello");
    write(signer, "data", "1-r0", "noarch", "for all");
  }

  private void write(Signer with, String name, String version, String architecture, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    PackageInfo info =
        PackageInfo.builder(name, version, architecture)
            .license("MIT")
            .buildDate(1_700_000_000)
            .depends(name.equals("hello") ? new String[] {"data"} : new String[0])
            .build();
    new PackageWriter(with)
        .write(
            built
                .resolve(architecture.equals("noarch") ? "x86_64" : architecture)
                .resolve(info.fileName()),
            info,
            Map.of(),
            List.of(
                PackageFile.of(
                    TarEntry.file("usr/share/" + name, 0644, content.length, 0), content)));
  }

  private Map<String, RepositoryPublisher.Published> publish() throws IOException {
    return new RepositoryPublisher(published, signer).publish(built, "test");
  }

  private List<String> listed() throws IOException {
    return IndexReader.read(
            published.resolve("x86_64/APKINDEX.tar.gz"),
            TrustedKeys.read(published.resolve("keys")))
        .stream()
        .map(entry -> entry.info().nameVersion() + " " + entry.info().architecture())
        .toList();
  }

  @Test
  void publish_gathersVersions() throws IOException {
    assertThat(publish())
        .containsExactly(Map.entry("x86_64", new RepositoryPublisher.Published(2, 2)));
    assertThat(publish())
        .containsExactly(Map.entry("x86_64", new RepositoryPublisher.Published(0, 2)));
    Files.delete(built.resolve("x86_64/hello-1-r0.apk"));
    write(signer, "hello", "2-r0", "x86_64", "hello again");
    assertThat(publish())
        .containsExactly(Map.entry("x86_64", new RepositoryPublisher.Published(1, 3)));
    assertThat(listed())
        .containsExactly("data-1-r0 x86_64", "hello-1-r0 x86_64", "hello-2-r0 x86_64");
  }

  @Test
  void publish_severalArchitectures_signsAnIndexForEach() throws IOException {
    write(signer, "hello", "1-r0", "s390x", "big-endian hello");
    assertThat(publish())
        .containsOnly(
            Map.entry("s390x", new RepositoryPublisher.Published(1, 1)),
            Map.entry("x86_64", new RepositoryPublisher.Published(2, 2)));
    assertThat(
            IndexReader.read(
                published.resolve("s390x/APKINDEX.tar.gz"),
                TrustedKeys.read(published.resolve("keys"))))
        .extracting(entry -> entry.info().nameVersion() + " " + entry.info().architecture())
        .containsExactly("hello-1-r0 s390x");
    assertThat(listed()).containsExactly("data-1-r0 x86_64", "hello-1-r0 x86_64");
  }

  @Test
  void publish_otherPackageOfTheSameVersion_isRefused() throws IOException {
    publish();
    write(signer, "hello", "1-r0", "x86_64", "changed");
    assertThatThrownBy(this::publish)
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_IDENTITY))
        .hasMessageContaining("raise the recipe's release");
    assertThat(published.resolve("x86_64/hello-1-r0.apk")).exists();
  }

  @Test
  void publish_packageOfAStranger_isRefused() throws IOException {
    write(Signer.generate("test.rsa.pub", 2048), "strange", "1-r0", "x86_64", "x");
    assertThatThrownBy(this::publish)
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_SIGNATURE));
    assertThat(published).doesNotExist();
  }

  @Test
  void publish_nothing_isRefused() {
    assertThatThrownBy(
            () -> new RepositoryPublisher(published, signer).publish(folder.resolve("no"), ""))
        .hasMessageContaining("holds no folder with packages");
  }

  @Test
  void apkItself_installsOverHttpWithOurKeyAlone() throws IOException {
    Alpine.assumeRoot();
    Alpine.Tool apk = Alpine.Tool.unpack(folder.resolve("tool"));
    publish();
    Path root = folder.resolve("root");
    Path none = Files.createDirectories(folder.resolve("none"));
    try (StaticServer server = new StaticServer(published)) {
      assertThat(add(apk, root, none, server.url()).status()).isNotZero();
      add(apk, root, published.resolve("keys"), server.url()).success();
      assertThat(server.asked()).contains("/x86_64/hello-1-r0.apk", "/x86_64/data-1-r0.apk");
    }
    assertThat(root.resolve("usr/share/hello")).hasContent("hello");
    assertThat(root.resolve("usr/share/data")).hasContent("for all");
    assertThat(apk.run("info", "--root", root).success().lines()).containsExactly("data", "hello");
  }

  private static Alpine.Result add(Alpine.Tool apk, Path root, Path keys, String url)
      throws IOException {
    return apk.runOnline(
        "add",
        "--root",
        root,
        "--initdb",
        "--no-cache",
        "--arch",
        "x86_64",
        "--keys-dir",
        keys,
        "--repositories-file",
        "/dev/null",
        "--repository",
        url,
        "hello");
  }
}
