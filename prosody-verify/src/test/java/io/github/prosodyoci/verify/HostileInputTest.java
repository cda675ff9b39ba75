package io.github.prosodyoci.verify;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.debian.IndexScanner;
import io.github.prosodyoci.verify.openpgp.Bytes;
import io.github.prosodyoci.verify.openpgp.Certificate;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.SignatureVerifierTest;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile input costs little time and memory (64 MiB). */
@Tag("slow")
class HostileInputTest {

  @TempDir private Path folder;

  @Test
  void hostileInput_inASmallMachine_isRefusedInTime() throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output)).isEqualTo("refused 13 of 13\n");
  }

  /** Runs in the small machine. */
  static final class Main {

    private Main() {}

    public static void main(String[] arguments) throws IOException {
      List<Supplier<byte[]>> files = files();
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      int refused = 0;
      for (Supplier<byte[]> supplier : files) {
        byte[] file = supplier.get();
        // The processor's time, lest other work of the machine counts.
        long start = threads.getCurrentThreadCpuTime();
        refused += isRefused(file) ? 1 : 0;
        if (threads.getCurrentThreadCpuTime() - start > 2_000_000_000L) {
          System.out.println("too slow: " + new String(file, 0, 40, StandardCharsets.US_ASCII));
        }
      }
      System.out.println("refused " + (refused + endlessIndexes()) + " of " + (files.size() + 2));
    }

    private static boolean isRefused(byte[] file) {
      int refused = 0;
      for (Runnable attempt :
          List.<Runnable>of(
              () -> SignatureVerifierTest.report(file, DATA, List.of(), Set.of()).good(),
              () -> ClearSigned.split(file),
              () -> Certificate.readAll(file))) {
        try {
          attempt.run();
        } catch (FailureException e) {
          refused++;
        }
      }
      return refused == 3;
    }

    private static List<Supplier<byte[]>> files() {
      String begin = "-----BEGIN PGP SIGNATURE-----\n";
      String message = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n";
      return List.of(
          () -> repeat(begin + "Comment: ", "x", 5_000_000),
          () -> repeat(begin + "\n", "=twTO", 72_000),
          () -> repeat(begin + "\n", "AAAA\n", 1_000_000),
          () -> repeat(message, "Hash: SHA256\n", 300_000),
          () -> repeat(message + "\n", "x\n", 4_000_000),
          () -> repeat(message + "\n", "x", 8_000_000),
          () -> repeat(message + "\nx\n" + begin, "\n", 4_000_000),
          () -> new Bytes().add(0xC2, 0xFF).four(0xFFFFFFFFL).add(new byte[1 << 20]).get(),
          () -> repeat("", "\u00c2", 4 << 20),
          () -> nested(40),
          () -> Bytes.join(Collections.nCopies(10_000, signature()).toArray(byte[][]::new)));
    }

    private static byte[] repeat(String start, String part, int count) {
      byte[] head = start.getBytes(StandardCharsets.ISO_8859_1);
      byte[] tail = part.getBytes(StandardCharsets.ISO_8859_1);
      byte[] all = Arrays.copyOf(head, head.length + tail.length * count);
      for (int i = 0; i < count; i++) {
        System.arraycopy(tail, 0, all, head.length + i * tail.length, tail.length);
      }
      return all;
    }

    private static byte[] nested(int depth) {
      byte[] nested = {1};
      for (int i = 0; i < depth; i++) {
        nested = Bytes.packet(8, Bytes.join(new byte[] {0}, nested));
      }
      return nested;
    }

    private static byte[] signature() {
      return new TestSignature(KEY, 0, SIGNED).over(DATA);
    }

    /** An index of one endless line, and one of an endless stanza. */
    private static int endlessIndexes() throws IOException {
      int refused = 0;
      for (String content : List.of("x", "x: y\n")) {
        byte[] pattern = content.repeat(1000).getBytes(StandardCharsets.US_ASCII);
        InputStream endless =
            new InputStream() {
              @Override
              public int read() {
                return 'x';
              }

              @Override
              public int read(byte[] buffer, int offset, int length) {
                int count = Math.min(length, pattern.length);
                System.arraycopy(pattern, 0, buffer, offset, count);
                return count;
              }
            };
        try {
          IndexScanner.scan(endless, Set.of(new Origin.Debian("pkg", "file")), false);
        } catch (FailureException e) {
          refused++;
        }
      }
      return refused;
    }
  }
}
