package io.github.prosodyoci.verify.debian;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.openpgp.ClearSignedTest;
import io.github.prosodyoci.verify.openpgp.TestKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** An archive like Debian's, and an upstream, on this machine. */
public final class DebianFixture implements AutoCloseable {

  /**
   * A source package.
   *
   * @param files their content by name
   */
  public record SourcePackage(String name, String version, Map<String, byte[]> files) {}

  /**
   * A binary package.
   *
   * @param sourceVersion the version of the source package
   * @param architecture as Debian names it
   */
  public record BinaryPackage(
      String name,
      String source,
      String sourceVersion,
      String version,
      String architecture,
      byte[] content) {

    public String file() {
      return name + "_" + version.replaceFirst("^[0-9]+:", "") + "_" + architecture + ".deb";
    }
  }

  public final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final HttpServer server;

  public DebianFixture() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = served.get(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
          if (body != null) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  public DebianMirrors mirrors() {
    return new DebianMirrors(List.of(uri("/debian")), List.of(uri("/debian-security")));
  }

  /** Publishes a suite, signed by a key. */
  public void suite(String suite, String date, TestKey key, SourcePackage... packages)
      throws IOException {
    suite(suite, date, "", key, packages);
  }

  /** Publishes a suite with further fields in its {@code InRelease}. */
  public void suite(
      String suite, String date, String fields, TestKey key, SourcePackage... packages)
      throws IOException {
    StringBuilder sources = new StringBuilder();
    for (SourcePackage source : packages) {
      sources
          .append("Package: ")
          .append(source.name())
          .append("\nVersion: ")
          .append(source.version())
          .append("\nChecksums-Sha256:\n");
      new TreeMap<>(source.files())
          .forEach(
              (name, content) -> {
                sources.append(
                    " " + Digest.of(content).hex() + " " + content.length + " " + name + "\n");
                serve(suite, new Origin.Debian(source.name(), name), content);
              });
      sources.append('\n');
    }
    publish(suite, date, fields, key, Map.of("main/source/Sources.xz", sources.toString()));
  }

  /** Publishes a suite of binary packages for some architectures, signed by a key. */
  public void binaries(
      String suite,
      String date,
      TestKey key,
      List<String> architectures,
      List<BinaryPackage> packages)
      throws IOException {
    Map<String, String> indexes = new TreeMap<>();
    for (String architecture : architectures) {
      StringBuilder index = new StringBuilder();
      for (BinaryPackage each : packages) {
        if (each.architecture().equals(architecture)) {
          Origin.Debian origin = new Origin.Debian(each.source(), each.file());
          serve(suite, origin, each.content());
          boolean rebuilt = !each.version().equals(each.sourceVersion());
          index.append(
              "Package: "
                  + each.name()
                  + "\nSource: "
                  + each.source()
                  + (rebuilt ? " (" + each.sourceVersion() + ")" : "")
                  + "\nVersion: "
                  + each.version()
                  + "\nArchitecture: "
                  + architecture
                  + "\nFilename: pool/main/"
                  + origin.poolFolder()
                  + "/"
                  + each.file()
                  + "\nSHA256: "
                  + Digest.of(each.content()).hex()
                  + "\n\n");
        }
      }
      indexes.put("main/binary-" + architecture + "/Packages.xz", index.toString());
    }
    publish(suite, date, "", key, indexes);
  }

  private static String root(String suite) {
    return suite.endsWith("-security") ? "/debian-security" : "/debian";
  }

  private void serve(String suite, Origin.Debian file, byte[] content) {
    served.put(pool(suite, file), content);
  }

  /** Returns the path of a file in the archive that has a suite. */
  public static String pool(String suite, Origin.Debian file) {
    return root(suite)
        + (suite.endsWith("-security") ? "/pool/updates/main/" : "/pool/main/")
        + file.poolFolder()
        + "/"
        + file.file();
  }

  private void publish(
      String suite, String date, String fields, TestKey key, Map<String, String> indexes)
      throws IOException {
    StringBuilder listed = new StringBuilder();
    for (Map.Entry<String, String> each : new TreeMap<>(indexes).entrySet()) {
      byte[] index = xz(each.getValue().getBytes(UTF_8));
      listed.append("\n " + Digest.of(index).hex() + " " + index.length + " " + each.getKey());
      served.put(root(suite) + "/dists/" + suite + "/" + each.getKey(), index);
    }
    String text =
        "Suite: x-"
            + suite
            + "\nCodename: "
            + suite
            + "\nDate: "
            + DateTimeFormatter.RFC_1123_DATE_TIME
                .format(Instant.parse(date).atOffset(ZoneOffset.UTC))
                .replace("GMT", "UTC")
            + fields
            + "\nSHA256:"
            + listed;
    served.put(
        root(suite) + "/dists/" + suite + "/InRelease",
        ClearSignedTest.frame(text, ClearSignedTest.sign(key, text)).getBytes(UTF_8));
  }

  public static byte[] xz(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(bytes, new LZMA2Options(1))) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** Returns the patch that adds a file {@code <name>.txt} with a line. */
  public static String patch(String name) {
    return "Header of " + name + "\n--- /dev/null\n+++ b/" + name + ".txt\n@@ -0,0 +1 @@\n+x\n";
  }

  /** Returns a {@code tar.gz} with these files, by their path. */
  public static byte[] tarGz(Map<String, String> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
        add(tar, file.getKey(), file.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns a {@code debian.tar.xz} with a changelog and patches, each as {@link #patch}. */
  public static byte[] queue(String changelog, String... patches) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String patch : patches) {
      texts.put(patch, patch(patch));
    }
    return queue(changelog, texts);
  }

  /** Returns a {@code debian.tar.xz} with a changelog and patches, by their names. */
  public static byte[] queue(String changelog, Map<String, String> patches) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(bytes, new LZMA2Options(1));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      add(tar, "debian/changelog", changelog);
      add(
          tar,
          "debian/patches/series",
          "# in order\n" + String.join("\n", patches.keySet()) + "\n");
      for (Map.Entry<String, String> patch : patches.entrySet()) {
        add(tar, "debian/patches/" + patch.getKey(), patch.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /** Returns a small file that unpacks to a tar with one large entry. */
  public static byte[] bomb(long size) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new XZOutputStream(bytes, new LZMA2Options(0));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry entry = new TarArchiveEntry("zeros");
      entry.setSize(size);
      tar.putArchiveEntry(entry);
      for (long written = 0; written < size; written += 1 << 20) {
        tar.write(new byte[1 << 20]);
      }
      tar.closeArchiveEntry();
      add(tar, "debian/changelog", "");
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, String text) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(text.getBytes(UTF_8).length);
    tar.putArchiveEntry(entry);
    tar.write(text.getBytes(UTF_8));
    tar.closeArchiveEntry();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
