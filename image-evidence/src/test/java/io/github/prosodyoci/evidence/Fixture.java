package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.sbom.Tool;
import io.github.prosodyoci.image.AssembleRequest;
import io.github.prosodyoci.image.ContainerConfig;
import io.github.prosodyoci.image.ImageAssembler;
import io.github.prosodyoci.image.ImageDescription;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImageReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A build folder with a small image of two packages, and all reports of the stages before. */
public final class Fixture {

  public static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");
  public static final String DATABASE =
      """
      C:Q1kws09cWDD/NtYFPePAZLFixgD4M=
      P:libtls
      V:3.5.7-r1
      A:x86_64
      T:Secrets kept
      U:https://tls.example/
      L:Apache-2.0
      o:tls
      p:so:libtls.so.3=3
      F:usr
      F:usr/lib
      R:libtls.so.3
      Z:Q1F65oYr9DLpnyTW0CAmdo4h2n4yc=

      P:server
      V:1.0-r0
      A:x86_64
      T:A server
      U:https://server.example/
      L:MIT OR GPL-2.0-only
      o:server
      D:so:libtls.so.3 /bin/sh
      F:usr/bin
      R:server
      a:0:0:755

      """;

  public static final String PACKAGES =
      """
      {"buildRoot": {"name": "llvm", "version": "19.1.7", "packages": [
         {"file": "clang-19.deb", "name": "clang-19", "version": "1:19.1.7-3~deb12u1",
          "architecture": "amd64", "sha256": "sha256:%2$s"}]},
       "recipes": [
        {"name": "tls", "version": "3.5.7-r1", "url": "https://tls.example/",
         "license": "Apache-2.0", "cpe": "openssl:openssl", "key": "sha256:%1$s",
         "sources": [
          {"file": "tls-3.5.7.tar.gz", "sha256": "sha256:%1$s",
           "origin": "https://tls.example/tls-3.5.7.tar.gz"},
          {"file": "tls-debian.tar.xz", "sha256": "sha256:%2$s",
           "origin": "debian:tls/tls_3.5.7-1.debian.tar.xz"}],
         "patches": [
          {"file": "debian/patches/one.patch"},
          {"file": "two.patch", "sha256": "sha256:%3$s"}],
         "packages": [
          {"name": "libtls", "version": "3.5.7-r1", "content": "sha256:%3$s"},
          {"name": "libtls-dev", "version": "3.5.7-r1", "content": "sha256:%4$s"}],
         "security": [
          {"cve": "CVE-2026-10001", "status": "fixed", "by": ["debian/patches/one.patch"],
           "note": "A server follows a null pointer."},
          {"cve": "CVE-2026-9", "status": "not-affected", "by": [],
           "reason": "vulnerable_code_not_present", "note": "no-quic leaves QUIC out."},
          {"cve": "CVE-2026-77", "status": "affected", "by": [], "note": "Use other curves."}]},
        {"name": "headers", "version": "6.1-r0", "url": "https://h.example/", "license": "GPL-2.0-only",
         "sources": [{"file": "headers.tar.xz", "sha256": "sha256:%4$s"}],
         "packages": [{"name": "headers", "version": "6.1-r0", "content": "sha256:%4$s"}],
         "security": [{"cve": "CVE-2026-1", "status": "affected", "by": [], "note": "Not in it."}]}]}
      """;

  public static final String VERIFICATION =
      """
      {"schema": 3, "inputs": "sha256:%1$s", "sources": [
       {"recipe": "tls", "file": "tls-3.5.7.tar.gz", "sha256": "sha256:%1$s", "size": 9,
        "origin": "https://mirror.example/tls.tar.gz", "status": "trusted",
        "evidence": [{"kind": "signature", "document": "tls-3.5.7.tar.gz.asc",
         "outcome": "sufficient", "signer": "C9E9416F76E610DBD09D040F47B70C55ACC9965B",
         "userId": "Jo <jo@tls.example>", "signedAt": "2026-05-13T02:21:54Z",
         "algorithm": "RSA-4096, SHA-512", "waivers": {}, "notes": []}]},
       {"recipe": "llvm", "file": "clang-19.deb", "sha256": "sha256:%2$s", "size": 7,
        "origin": "https://mirror.example/clang-19.deb", "status": "trusted",
        "waiver": "no signature exists", "evidence": []},
       {"recipe": "headers", "file": "headers.tar.xz", "sha256": "sha256:%4$s", "size": 7,
        "origin": "https://mirror.example/headers.tar.xz", "status": "trusted", "evidence": []}]}
      """;

  public static final String FETCH =
      """
      {"sources": [
       {"recipe": "tls", "file": "tls-3.5.7.tar.gz", "sha256": "sha256:%1$s", "size": 9,
        "origin": "https://mirror.example/tls.tar.gz"},
       {"recipe": "tls", "file": "tls-3.5.7.tar.gz.asc", "sha256": "sha256:%3$s", "size": 9,
        "origin": "https://mirror.example/tls.tar.gz.asc"},
       {"recipe": "llvm", "file": "clang-19.deb", "sha256": "sha256:%2$s", "size": 7,
        "origin": "https://mirror.example/clang-19.deb"}]}
      """;

  private final Path target;
  private final Map<String, String> base = new LinkedHashMap<>();
  private final Map<String, String> top = new LinkedHashMap<>();

  public Fixture(Path target) {
    this.target = target;
    base.put("etc/os-release", "NAME=Test\nID=\"test-os\"\n");
    base.put("usr/lib/libtls.so.3", "library\n");
    top.put("etc/server.cfg", "configuration\n");
    top.put("lib/apk/db/installed", DATABASE);
    top.put("usr/bin/server", "program\n");
  }

  /** Puts a file into the upper layer. */
  public Fixture with(String path, String content) {
    top.put(path, content);
    return this;
  }

  /** Writes layers, archive and reports. */
  public ImageReport make() throws IOException {
    return make(Platform.LINUX_AMD64);
  }

  /** Writes layers, archive and reports for a platform. */
  public ImageReport make(Platform platform) throws IOException {
    Layer lower = layer("base", base, List.of("libtls-3.5.7-r1"));
    Layer upper = layer("server", top, List.of("server-1.0-r0", "/etc/server.cfg"));
    Path rootfs = target.resolve("rootfs.json");
    Json.write(rootfs, Map.of("platform", platform, "layers", List.of(lower, upper)));
    ContainerConfig config =
        new ContainerConfig(
            List.of("/usr/bin/server"),
            List.of(),
            Map.of(),
            "100:101",
            List.of("5222"),
            List.of(),
            null,
            Map.of(),
            "SIGTERM",
            null);
    write("packages.json", PACKAGES);
    write("verification.json", VERIFICATION);
    write("fetch.json", FETCH);
    return new ImageAssembler(line -> {})
        .assemble(
            new AssembleRequest(
                rootfs,
                new ImageDescription(
                    ImageName.parse("example/server:1.0-r0"),
                    platform,
                    TIME,
                    config,
                    Map.of(ImageDescription.VERSION, "1.0-r0")),
                target.resolve("server.tar"),
                target.resolve("image.json"),
                "test"))
        .report();
  }

  /** Writes a report in which {@code %1$s} and so on stand for digests. */
  public void write(String name, String text) throws IOException {
    Files.createDirectories(target);
    List<Object> digests = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      digests.add(source(i).hex());
    }
    Files.writeString(target.resolve(name), text.formatted(digests.toArray()));
  }

  /** Returns the digest of the source with a number from 1 to 4. */
  public static Digest source(int number) {
    return Digest.of(sourceContent(number));
  }

  public static byte[] sourceContent(int number) {
    return ("source " + number).getBytes(StandardCharsets.UTF_8);
  }

  public BuildReports reports() {
    return BuildReports.in(target);
  }

  public DocumentsRequest request() {
    return new DocumentsRequest(
        reports(), target.resolve("evidence"), TIME, "Example", new Tool("test", "1"), "code");
  }

  private Layer layer(String name, Map<String, String> files, List<String> contents)
      throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(plain)) {
      for (Map.Entry<String, String> each : files.entrySet()) {
        byte[] content = each.getValue().getBytes(StandardCharsets.UTF_8);
        tar.add(TarEntry.file(each.getKey(), 0644, content.length, 0), content);
      }
    }
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (var out = Gzip.compress(gzip)) {
      out.write(plain.toByteArray());
    }
    Path file = target.resolve("layers").resolve(name + ".tar.gz");
    Files.createDirectories(file.getParent());
    Files.write(file, gzip.toByteArray());
    return new Layer(
        name,
        "layers/" + name + ".tar.gz",
        Digest.of(gzip.toByteArray()),
        Digest.of(plain.toByteArray()),
        gzip.size(),
        contents);
  }
}
