package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.verify.VerifyCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.bcpg.CRC24;
import org.bouncycastle.bcpg.FastCRC24;

/**
 * Reads ASCII armor (RFC 9580, section 6.2) strictly: no text around it, no missing line, no wrong
 * checksum.
 */
public final class Armor {

  private static final Set<String> HEADERS =
      Set.of("Version", "Comment", "Hash", "Charset", "MessageID");
  private static final int MAX_HEADERS = 32;
  private static final int MAX_LINE = 1024;
  private static final int MAX_LINES = 100_000;
  private static final String DASHES = "-----";

  private final List<String> lines;
  private final String label;
  private int next;

  private Armor(List<String> lines, String label) {
    this.lines = lines;
    this.label = label;
  }

  /** Returns whether bytes are binary OpenPGP packets, whose first bit is always set. */
  static boolean isBinary(byte[] bytes) {
    return bytes.length > 0 && bytes[0] < 0;
  }

  /**
   * Returns what the armored blocks of a text hold, each by itself.
   *
   * @param label the one label allowed, such as {@code PGP SIGNATURE}
   * @throws FailureException with {@link VerifyCode#SIG_SYNTAX} if there is anything but such
   *     blocks and empty lines after them
   */
  public static List<byte[]> read(byte[] text, String label) {
    return read(lines(text), label);
  }

  /** Returns what the armored blocks hold that a text's lines, without line ends, make up. */
  public static List<byte[]> read(List<String> lines, String label) {
    Armor armor = new Armor(lines, label);
    List<byte[]> blocks = new ArrayList<>();
    do {
      blocks.add(armor.block());
    } while (armor.skipEmptyLines());
    return blocks;
  }

  private static List<String> lines(byte[] text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length; i++) {
      if (i < text.length && text[i] != '\n') {
        continue;
      }
      int end = i > start && text[i - 1] == '\r' ? i - 1 : i;
      lines.add(new String(text, start, end - start, StandardCharsets.ISO_8859_1));
      start = i + 1;
      if (lines.size() > MAX_LINES) {
        throw syntax("it has more than " + MAX_LINES + " lines");
      }
    }
    return lines;
  }

  private boolean skipEmptyLines() {
    while (next < lines.size() && lines.get(next).isEmpty()) {
      next++;
    }
    return next < lines.size();
  }

  private String line(String expected) {
    if (next >= lines.size()) {
      throw syntax("it ends before " + expected);
    }
    String line = lines.get(next++);
    if (line.length() > MAX_LINE) {
      throw syntax("line " + next + " has more than " + MAX_LINE + " characters");
    }
    return line;
  }

  private byte[] block() {
    String begin = DASHES + "BEGIN " + label + DASHES;
    String first = line(begin);
    if (!first.equals(begin)) {
      throw syntax(
          "not a "
              + kind()
              + ": line "
              + next
              + " should be \""
              + begin
              + "\", but is \""
              + Reasons.excerpt(first)
              + "\"");
    }
    headers();
    StringBuilder base64 = new StringBuilder();
    String end = DASHES + "END " + label + DASHES;
    String line = line(end);
    while (!line.startsWith("=") && !line.startsWith("-")) {
      if (line.isEmpty()) {
        throw syntax("line " + next + " is empty, inside the armor");
      }
      base64.append(line);
      line = line(end);
    }
    byte[] data = decode(base64.toString());
    if (line.startsWith("=")) {
      checksum(line, data);
      line = line(end);
    }
    if (!line.equals(end)) {
      throw syntax(
          "line " + next + " should be \"" + end + "\", but is \"" + Reasons.excerpt(line) + "\"");
    }
    return data;
  }

  private String kind() {
    return label.substring("PGP ".length()).toLowerCase(Locale.ROOT);
  }

  private void headers() {
    for (int count = 0; ; count++) {
      String header = line("an empty line");
      if (header.isEmpty()) {
        return;
      }
      int colon = header.indexOf(": ");
      boolean known = colon > 0 && HEADERS.contains(header.substring(0, colon));
      if (!known && !(header.endsWith(":") && HEADERS.contains(header.replace(":", "")))) {
        throw syntax(
            "line "
                + next
                + " is neither an armor header nor empty: \""
                + Reasons.excerpt(header)
                + "\"");
      }
      if (count == MAX_HEADERS) {
        throw syntax("it has more than " + MAX_HEADERS + " armor headers");
      }
    }
  }

  private byte[] decode(String base64) {
    if (base64.isEmpty()) {
      throw syntax("its armor is empty: not a " + kind());
    }
    if (base64.length() % 4 != 0) {
      throw syntax("its armor is cut short or not base64");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw syntax("its armor is not base64");
    }
  }

  private void checksum(String line, byte[] data) {
    CRC24 checksum = new FastCRC24();
    for (byte b : data) {
      checksum.update(b & 0xff);
    }
    int crc = checksum.getValue();
    byte[] bytes = {(byte) (crc >> 16), (byte) (crc >> 8), (byte) crc};
    if (!line.equals("=" + Base64.getEncoder().encodeToString(bytes))) {
      throw syntax("its armor's checksum is wrong");
    }
  }

  private static FailureException syntax(String reason) {
    return VerifyCode.SIG_SYNTAX.failure(reason);
  }
}
