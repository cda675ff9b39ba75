package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A clear-signed message (RFC 9580, section 7), split into its text and its signatures as apt does
 * ({@code apt-pkg/contrib/gpgv.cc}), but more strictly. Nothing outside the text is ever handed
 * out.
 *
 * @param text the signed text: lines without trailing white space, joined by {@code \n}
 * @param signatures the signatures of all blocks after it
 */
public record ClearSigned(String text, List<SignaturePacket> signatures) {

  private static final String BEGIN_MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
  private static final String END_SIGNATURE = "-----END PGP SIGNATURE-----";
  private static final Set<String> HASHES = Set.of("SHA256", "SHA384", "SHA512");
  private static final int MAX_LINE = 16 << 10;
  private static final int MAX_LINES = 100_000;

  /**
   * Splits a file.
   *
   * @throws VerifyException with one of the {@code CLEARSIGN} codes if there is anything but one
   *     message, whole and plain; with {@link Code#SIG_SYNTAX} if its signature is malformed
   */
  public static ClearSigned split(byte[] file) {
    List<String> lines = lines(file);
    if (lines.isEmpty() || !lines.get(0).equals(BEGIN_MESSAGE)) {
      boolean later = lines.contains(BEGIN_MESSAGE);
      throw new VerifyException(
          Code.CLEARSIGN_LEADING,
          later
              ? "text stands before the signed message"
              : "it is not a clear-signed message; its first line should be \""
                  + BEGIN_MESSAGE
                  + "\"");
    }
    int textStart = headers(lines);
    int textEnd = textStart;
    List<String> text = new ArrayList<>();
    while (true) {
      if (textEnd >= lines.size()) {
        throw new VerifyException(Code.CLEARSIGN_TRUNCATED, "it ends before its signature");
      }
      String line = lines.get(textEnd++);
      if (line.equals(BEGIN_SIGNATURE)) {
        break;
      }
      text.add(stripEnd(unescape(line, textEnd)));
    }
    return new ClearSigned(String.join("\n", text), signatures(lines, textEnd - 1));
  }

  /** Returns the bytes over which a text signature is made: lines joined by {@code \r\n}. */
  byte[] signedBytes() {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the line after the empty one that ends the headers. */
  private static int headers(List<String> lines) {
    int next = 1;
    while (true) {
      if (next >= lines.size()) {
        throw new VerifyException(Code.CLEARSIGN_TRUNCATED, "it ends inside its headers");
      }
      String header = lines.get(next++);
      if (header.isEmpty()) {
        break;
      }
      if (!header.startsWith("Hash: ")
          || !HASHES.containsAll(List.of(header.substring(6).split(",", -1)))) {
        throw new VerifyException(
            Code.CLEARSIGN_HEADER,
            "line " + next + " is not a Hash header that is accepted: " + Armor.shown(header));
      }
    }
    if (next == 2) {
      throw new VerifyException(Code.CLEARSIGN_HEADER, "it has no Hash header");
    }
    return next;
  }

  private static String unescape(String line, int number) {
    if (!line.startsWith("-")) {
      return line;
    }
    if (line.startsWith("- ")) {
      return line.substring(2);
    }
    if (line.equals(BEGIN_MESSAGE)) {
      throw new VerifyException(
          Code.CLEARSIGN_MULTIPLE, "a second message starts on line " + number);
    }
    throw new VerifyException(
        Code.CLEARSIGN_DASH,
        "line " + number + " starts with a dash that is not escaped: " + Armor.shown(line));
  }

  private static List<SignaturePacket> signatures(List<String> lines, int start) {
    int end = lines.size();
    while (end > start && lines.get(end - 1).isEmpty()) {
      end--;
    }
    boolean inside = false;
    for (int i = start; i < end; i++) {
      String line = lines.get(i);
      if (line.equals(BEGIN_MESSAGE)) {
        throw new VerifyException(
            Code.CLEARSIGN_MULTIPLE, "a second message starts on line " + (i + 1));
      }
      if (line.equals(BEGIN_SIGNATURE) && !inside) {
        inside = true;
      } else if (line.equals(END_SIGNATURE) && inside) {
        inside = false;
      } else if (!inside && !line.isEmpty()) {
        throw new VerifyException(
            Code.CLEARSIGN_TRAILING,
            "line " + (i + 1) + " follows the signature, and is not signed: " + Armor.shown(line));
      }
    }
    if (inside) {
      throw new VerifyException(Code.CLEARSIGN_TRUNCATED, "it ends inside its signature");
    }
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    Armor.read(lines.subList(start, end), "PGP SIGNATURE").forEach(packets::writeBytes);
    return SignaturePacket.readAll(packets.toByteArray());
  }

  /** Returns the lines of a file without {@code \n} and {@code \r\n}. */
  private static List<String> lines(byte[] file) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= file.length; i++) {
      if (i < file.length && file[i] != '\n') {
        continue;
      }
      if (i == file.length && start == i) {
        break;
      }
      int end = i > start && file[i - 1] == '\r' ? i - 1 : i;
      lines.add(line(file, start, end, lines.size() + 1));
      if (lines.size() > MAX_LINES) {
        throw control(lines.size(), "is one too many");
      }
      start = i + 1;
    }
    return lines;
  }

  private static String line(byte[] file, int start, int end, int number) {
    if (end - start > MAX_LINE) {
      throw control(number, "has more than " + MAX_LINE + " bytes");
    }
    for (int i = start; i < end; i++) {
      if ((file[i] >= 0 && file[i] < ' ' && file[i] != '\t') || file[i] == 0x7F) {
        throw control(number, "holds a control character");
      }
    }
    try {
      String line =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(file, start, end - start))
              .toString();
      if (line.indexOf('\uFEFF') >= 0) {
        throw control(number, "holds a byte order mark");
      }
      return line;
    } catch (CharacterCodingException e) {
      throw control(number, "is not UTF-8");
    }
  }

  private static VerifyException control(int line, String reason) {
    return new VerifyException(Code.CLEARSIGN_CONTROL, "line " + line + " " + reason);
  }

  /** Removes what a signature over text does not cover. */
  private static String stripEnd(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    return line.substring(0, end);
  }
}
