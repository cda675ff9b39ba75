package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.archive.Gzip;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void write_makesTheFileAndItsFolders() throws IOException {
    AtomicFiles.write(folder.resolve("a/b/c"), out -> out.write(bytes("x")));
    assertThat(folder.resolve("a/b/c")).hasContent("x");
    assertThat(files()).containsExactly("a/b/c");
  }

  @Test
  void write_thatFails_leavesWhatStoodThereAndNothingElse() throws IOException {
    Path file = Files.write(folder.resolve("f"), bytes("old"));
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    out -> {
                      out.write(bytes("new, and half"));
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
    assertThat(file).hasContent("old");
    assertThat(files()).containsExactly("f");
  }

  @Test
  void write_thatThrowsAnUncheckedException_leavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    folder.resolve("f"),
                    out -> {
                      throw new IllegalStateException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void write_replacesWhatStoodThere() throws IOException {
    Path file = Files.write(folder.resolve("f"), bytes("old"));
    AtomicFiles.write(file, out -> out.write(bytes("new")));
    assertThat(file).hasContent("new");
  }

  @Test
  void write_byAWriterThatClosesTheStream_isWhole() throws IOException {
    Path file = folder.resolve("f");
    AtomicFiles.write(
        file,
        out -> {
          try (OutputStream gzip = Gzip.compress(out)) {
            gzip.write(bytes("x"));
          }
        });
    assertThat(Files.readAllBytes(file)).startsWith(0x1f, 0x8b).hasSize(21);
  }

  @Test
  void write_givesTheFileTheModeThatTheUmaskAsksFor() throws IOException {
    Path plain = Files.write(folder.resolve("plain"), bytes("x"));
    Path file = folder.resolve("f");
    AtomicFiles.write(file, out -> out.write(bytes("x")));
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain));
  }

  @Test
  void write_toTheLongestName_works() throws IOException {
    Path file = folder.resolve("n".repeat(255));
    AtomicFiles.write(file, out -> out.write(bytes("x")));
    assertThat(file).hasContent("x");
  }

  @Test
  void write_ofManyAtOnce_leavesOneWhole() throws Exception {
    Path file = folder.resolve("f");
    ExecutorService executor = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> writers =
          IntStream.range(0, 32)
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        AtomicFiles.write(file, out -> out.write(bytes((i + ",").repeat(5000))));
                        return null;
                      })
              .toList();
      for (Future<Void> writer : executor.invokeAll(writers)) {
        writer.get();
      }
    } finally {
      executor.shutdownNow();
    }
    String content = Files.readString(file);
    String first = content.substring(0, content.indexOf(',') + 1);
    assertThat(content).isEqualTo(first.repeat(5000));
    assertThat(files()).containsExactly("f");
  }
}
