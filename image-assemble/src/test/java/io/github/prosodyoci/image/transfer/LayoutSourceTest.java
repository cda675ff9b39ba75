package io.github.prosodyoci.image.transfer;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.ImageCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that were made wrong, or by somebody else. */
class LayoutSourceTest {

  private static final String MANIFEST =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
      "digest":"%s","size":2},"layers":[]}\
      """
          .formatted(Digest.of("{}".getBytes(StandardCharsets.UTF_8)));

  @TempDir Path folder;
  private final Map<String, String> files = new TreeMap<>();

  @BeforeEach
  void wellMade() {
    files.put("blobs/sha256/" + digest("{}").hex(), "{}");
    files.put("blobs/sha256/" + digest(MANIFEST).hex(), MANIFEST);
    files.put("index.json", index(digest(MANIFEST), MANIFEST.length()));
    files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** Reads an archive as a push does, before anything is sent. */
  private static ImageTree read(Path archive) throws IOException {
    LayoutSource source = LayoutSource.archive(archive);
    ImageTree image = ImageTree.read(source, source.find(null, null));
    image.check();
    return image;
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String descriptor(Digest digest, int size) {
    return "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
        + digest
        + "\",\"size\":"
        + size
        + "}";
  }

  private static String index(Digest digest, int size) {
    return "{\"schemaVersion\":2,\"manifests\":[" + descriptor(digest, size) + "]}";
  }

  private Path archive(String... twice) throws IOException {
    Path file = folder.resolve("a.tar");
    try (TarWriter tar = new TarWriter(Files.newOutputStream(file))) {
      for (Map.Entry<String, String> entry : files.entrySet()) {
        add(tar, entry.getKey(), entry.getValue());
      }
      for (String name : twice) {
        add(tar, name, "{}");
      }
    }
    return file;
  }

  private static void add(TarWriter tar, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    tar.add(TarEntry.file(name, 0644, bytes.length, 0), bytes);
  }

  private void assertRefused(String reason, String... twice) throws IOException {
    Path archive = archive(twice);
    assertFails(ImageCode.ARCHIVE_DAMAGED, () -> read(archive))
        .hasMessageContaining(archive.toString())
        .hasMessageContaining(reason)
        .hasMessageEndingWith("Make the image again: mvn clean package.");
  }

  @Test
  void wellMadeArchive_isRead() throws IOException {
    ImageTree reader = read(archive());

    assertThat(reader.root().digest()).isEqualTo(digest(MANIFEST));
    assertThat(reader.rootNode().json()).asString().isEqualTo(MANIFEST);
    assertThat(reader.blobs()).hasSize(1);
    try (InputStream in = reader.source().open(reader.blobs().get(0))) {
      assertThat(in).hasContent("{}");
    }
  }

  @Test
  void blobThatChangesAfterwards_isNoticedWhileItIsRead() throws IOException {
    Path archive = archive();
    ImageTree reader = read(archive);
    String text = Files.readString(archive, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\0{}\0") + 1;
    Files.writeString(
        archive,
        text.substring(0, at) + "[]" + text.substring(at + 2),
        StandardCharsets.ISO_8859_1);

    try (InputStream in = reader.source().open(reader.blobs().get(0))) {
      assertFails(ImageCode.ARCHIVE_DAMAGED, in::readAllBytes)
          .hasMessageContaining("its digest is " + digest("[]") + "; expected " + digest("{}"));
    }
  }

  @Test
  void missingArchive_saysWhatMakesIt() {
    assertFails(ImageCode.NO_ARCHIVE, () -> read(folder.resolve("none.tar")))
        .hasMessageContaining("there is no such file (no-archive). Run image-assemble:archive");
  }

  @Test
  void noTarFile_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("a.tar"), "x".repeat(2000));
    assertFails(ImageCode.ARCHIVE_DAMAGED, () -> read(file))
        .hasMessageContaining("Could not read the image archive " + file);
  }

  @Test
  void missingIndex_isRefused() throws IOException {
    files.remove("index.json");
    assertRefused("it has no file index.json");
  }

  @Test
  void indexOfTwoImages_isRefused() throws IOException {
    String one = descriptor(digest(MANIFEST), MANIFEST.length());
    files.put("index.json", "{\"manifests\":[" + one + "," + one + "]}");
    assertRefused("its index.json does not list exactly one image");
  }

  @Test
  void indexWithoutManifests_isRefused() throws IOException {
    files.put("index.json", "{}");
    assertRefused("the index lists no manifests");
  }

  @Test
  void indexOfWeakDigest_isRefused() throws IOException {
    files.put(
        "index.json",
        "{\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"md5:00\",\"size\":1}]}");
    assertRefused("Not a digest of the form sha256:<hex>: md5:00");
  }

  @Test
  void indexWithoutDigest_isRefused() throws IOException {
    files.put("index.json", "{\"manifests\":[{\"size\":1}]}");
    assertRefused("a descriptor has no media type or digest");
  }

  @Test
  void manifestWithoutLayers_isRefused() throws IOException {
    files.put("blobs/sha256/" + digest("{}").hex(), "{}");
    files.put("index.json", index(digest("{}"), 2));
    assertRefused("the manifest has no config or no layers");
  }

  @Test
  void manifestOfOtherSize_isRefused() throws IOException {
    files.put("index.json", index(digest(MANIFEST), 3));
    assertRefused(
        "its blob " + digest(MANIFEST) + " has " + MANIFEST.length() + " bytes; expected 3 bytes");
  }

  @Test
  void manifestOfOtherBytes_isRefused() throws IOException {
    String other = MANIFEST.replace("\"layers\":[]", "\"layers\":{}");
    files.put("blobs/sha256/" + digest(MANIFEST).hex(), other);
    assertRefused("has the digest " + digest(other) + "; expected " + digest(MANIFEST));
  }

  @Test
  void missingBlob_isRefused() throws IOException {
    files.remove("blobs/sha256/" + digest("{}").hex());
    assertRefused("it has no file blobs/sha256/" + digest("{}").hex());
  }

  @Test
  void fileThatIsThereTwice_isRefused() throws IOException {
    assertRefused("it has index.json twice", "index.json");
  }

  @Test
  void hugeIndex_isRefused() throws IOException {
    files.put("index.json", " ".repeat((4 << 20) + 1));
    assertRefused("index.json has 4194305 bytes; expected at most 4194304");
  }

  /** Whatever is flipped or cut, the answer is the right image or a clear refusal. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.MIXIN)
  void damage_neverGoesUnnoticed(
      @ForAll @IntRange(max = 6000) int at, @ForAll byte to, @ForAll boolean cut)
      throws IOException {
    folder = Files.createTempDirectory("damage");
    wellMade();
    byte[] bytes = Files.readAllBytes(archive());
    int place = at % bytes.length;
    bytes[place] = to;
    Path file =
        Files.write(folder.resolve("a.tar"), cut ? java.util.Arrays.copyOf(bytes, place) : bytes);
    try {
      assertThat(read(file).rootNode().json()).asString().isEqualTo(MANIFEST);
    } catch (FailureException e) {
      assertThat(e.failureCode()).isEqualTo(ImageCode.ARCHIVE_DAMAGED);
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }
}
