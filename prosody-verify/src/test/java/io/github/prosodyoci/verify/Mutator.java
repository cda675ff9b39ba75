package io.github.prosodyoci.verify;

import io.github.prosodyoci.verify.openpgp.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils samples in the ways that readers of OpenPGP and Debian's files are attacked. */
final class Mutator {

  private static final List<byte[]> PIECES =
      List.of(
          text("\n"),
          text("\r"),
          text("\r\n"),
          text(" "),
          text("\t"),
          text("- "),
          text("--"),
          text("="),
          text("=twTO\n"),
          text(":"),
          text("\n\n"),
          text("Hash: SHA256\n"),
          text("NotDashEscaped: x\n"),
          text("SHA256:\n"),
          text("Package: lua5.4\n"),
          text("-----BEGIN PGP SIGNED MESSAGE-----\n"),
          text("-----BEGIN PGP SIGNATURE-----\n"),
          text("-----END PGP SIGNATURE-----\n"),
          text("\0"),
          text("\ufeff"),
          new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
          new byte[] {0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
          new byte[] {0, 0, 0, 0},
          new byte[] {(byte) 0xC2, (byte) 0xFF},
          new byte[] {(byte) 0xE1},
          new byte[] {(byte) 0x80});

  /** What lengths, counts and kinds are at their ends. */
  private static final int[] LIMITS = {0, 1, 2, 0x7F, 0x80, 0xBF, 0xC0, 0xDF, 0xE0, 0xFE, 0xFF};

  private final List<byte[]> samples;

  Mutator(List<byte[]> samples) {
    this.samples = samples;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns a spoiled sample, and now and then one as it is. */
  byte[] next(Random random) {
    byte[] file = samples.get(random.nextInt(samples.size()));
    for (int i = random.nextInt(8); i > 0; i -= 2) {
      file = changed(file, random);
    }
    return file;
  }

  private byte[] changed(byte[] file, Random random) {
    int at = random.nextInt(file.length + 1);
    int to = at + random.nextInt(Math.min(file.length - at, 100) + 1);
    return switch (random.nextInt(10)) {
      case 0, 1 -> flipped(file, random);
      case 8, 9 ->
          replaced(
              file,
              at,
              Math.min(at + 1, file.length),
              new byte[] {(byte) LIMITS[random.nextInt(LIMITS.length)]});
      case 2 -> replaced(file, at, at, PIECES.get(random.nextInt(PIECES.size())));
      case 3 -> replaced(file, at, to, PIECES.get(random.nextInt(PIECES.size())));
      case 4 -> replaced(file, at, to, new byte[0]);
      case 5 -> replaced(file, to, to, Arrays.copyOfRange(file, at, to));
      case 6 -> random.nextInt(4) == 0 ? Arrays.copyOf(file, at) : flipped(file, random);
      default -> {
        byte[] other = samples.get(random.nextInt(samples.size()));
        int cut = random.nextInt(other.length + 1);
        yield replaced(
            file, at, to, Arrays.copyOfRange(other, cut, Math.min(other.length, cut + 200)));
      }
    };
  }

  private static byte[] flipped(byte[] file, Random random) {
    if (file.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    byte[] result = file.clone();
    result[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
    return result;
  }

  private static byte[] replaced(byte[] file, int from, int to, byte[] piece) {
    return Bytes.join(Arrays.copyOf(file, from), piece, Arrays.copyOfRange(file, to, file.length));
  }
}
