package io.github.prosodyoci.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A genuine Alpine repository and its own apk 2.14, which our results are compared with. */
public final class Alpine {

  private Alpine() {}

  /** Returns the folder with the genuine repository, or skips the test. */
  public static Path repository() {
    return AlpineFiles.repository();
  }

  /** Returns the genuine packages. */
  public static List<Path> packages() throws IOException {
    try (Stream<Path> files = Files.list(repository().resolve("x86_64"))) {
      return files.filter(file -> file.toString().endsWith(".apk")).sorted().toList();
    }
  }

  /** Returns a genuine package by its name and version. */
  public static Path apk(String nameVersion) {
    return repository().resolve("x86_64").resolve(nameVersion + ".apk");
  }

  /** Returns Alpine's keys, with the exception that its signatures need. */
  public static TrustedKeys keys() throws IOException {
    return TrustedKeys.read(repository().resolve("keys")).withSha1Exception();
  }

  /** Skips the rest of the test if apk could not change owners here. */
  public static void assumeRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "apk installs only as root");
  }

  /** A command's outcome. */
  public record Result(int status, String output) {

    /** Returns the output of a command that must have succeeded. */
    public String success() {
      assertThat(status).as(output).isZero();
      return output;
    }
  }

  /** Apk 2.14 itself, unpacked below a folder. */
  public static final class Tool {
    private final Path root;

    private Tool(Path root) {
      this.root = root;
    }

    /** Unpacks apk and what it needs, or skips the test. */
    public static Tool unpack(Path root) throws IOException {
      assumeTrue(
          System.getProperty("os.name").equals("Linux")
              && System.getProperty("os.arch").equals("amd64"),
          "Alpine's apk for x86_64 does not run here");
      for (String name :
          List.of(
              "apk-tools-2.14.0-r5",
              "musl-1.2.4_git20230717-r4",
              "libcrypto3-3.1.4-r5",
              "libssl3-3.1.4-r5",
              "zlib-1.3.1-r0")) {
        Apk.read(apk(name), keys()).extract(root);
      }
      return new Tool(root);
    }

    /** Runs apk without a network. */
    public Result run(Object... arguments) throws IOException {
      List<Object> all = new ArrayList<>(List.of("--no-network"));
      all.addAll(List.of(arguments));
      return runOnline(all.toArray());
    }

    /** Runs apk, which may ask servers. */
    public Result runOnline(Object... arguments) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  root.resolve("lib/ld-musl-x86_64.so.1").toString(),
                  "--library-path",
                  root.resolve("lib") + ":" + root.resolve("usr/lib"),
                  root.resolve("sbin/apk").toString()));
      Stream.of(arguments).map(Object::toString).forEach(command::add);
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      try {
        return new Result(process.waitFor(), output);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }
}
