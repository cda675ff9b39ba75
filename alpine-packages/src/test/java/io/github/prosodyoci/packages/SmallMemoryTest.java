package io.github.prosodyoci.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed files that would fill the memory, read by a Java with 64 MB of it. */
@Tag("slow")
class SmallMemoryTest {

  private static final String RECORD =
      "C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:p%d\nV:1-r0\nA:x86_64\n";

  @TempDir Path folder;
  private final Signer signer = Signer.generate("test.rsa.pub", 2048);
  private final List<String> command = new ArrayList<>();

  private void add(String name, RawApk file) throws IOException {
    command.add(Files.write(folder.resolve(name), file.sign(signer).bytes()).toString());
  }

  private static RawApk index(String text) {
    return new RawApk().member(RawApk.gzip(new RawTar().file("APKINDEX", text).end()));
  }

  @Test
  void filesThatWouldFillTheMemory_areRefused() throws Exception {
    Path keys = Files.createDirectories(folder.resolve("keys"));
    Files.writeString(keys.resolve(signer.keyName()), signer.publicKeyPem());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            SmallMemory.class.getName(),
            keys.toString()));
    RawTar files = new RawTar();
    for (int i = 0; i < 200_000; i++) {
      files.file("f" + i, "");
    }
    add("entries.apk", RawApk.of(files.end()));
    byte[] data = RawApk.gzip(new RawTar().end());
    String info =
        "pkgname = a\npkgver = 1-r0\n"
            + "depend = b\n".repeat(800_000)
            + "datahash = "
            + "0".repeat(64);
    add(
        "control.apk",
        new RawApk().member(RawApk.gzip(new RawTar().file(".PKGINFO", info).cut())).member(data));
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < 300_000; i++) {
      records.append(String.format(RECORD, i)).append('\n');
    }
    add("records.tar.gz", index(records.toString()));
    StringBuilder different = new StringBuilder(String.format(RECORD, 0) + "D:");
    for (int i = 0; i < 1_000_000; i++) {
      different.append("d").append(i).append(' ');
    }
    add("different.tar.gz", index(different.append('\n').toString()));
    add("long.tar.gz", index("x".repeat(20 << 20)));

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines())
        .containsExactly(
            "entries.apk limit",
            "control.apk limit",
            "records.tar.gz limit",
            "different.tar.gz limit",
            "long.tar.gz limit");
  }
}
