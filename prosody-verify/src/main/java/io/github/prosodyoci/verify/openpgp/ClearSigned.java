package io.github.prosodyoci.verify.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.verify.VerifyCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A text in the cleartext signature framework (RFC 9580, section 7), split into the text that is
 * signed and its signatures. A file is accepted only if it contains nothing else, so that whoever
 * reads {@link #text()} reads what was signed and no more.
 */
public final class ClearSigned {

  private static final int MAX_LINE = 16 << 10;
  private static final int MAX_HEADERS = 8;
  private static final int MAX_ARMOR_LINES = 10_000;
  private static final String BEGIN_MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String LABEL = "PGP SIGNATURE";
  private static final String BEGIN_SIGNATURE = "-----BEGIN " + LABEL + "-----";
  private static final String END_SIGNATURE = "-----END " + LABEL + "-----";
  private static final String HASH_HEADER = "Hash: ";
  private static final Set<String> HASHES =
      Set.of("SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512");

  /** A control character other than the tab; U+FEFF would be a byte order mark. */
  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f\\ufeff]");

  /** What the next line may be. */
  private enum Expected {
    BEGIN,
    HASH_HEADER,
    HASH_HEADER_OR_EMPTY,
    TEXT,
    SIGNATURE,
    NEXT_SIGNATURE
  }

  /** Every line with a line end behind it. */
  private final StringBuilder text = new StringBuilder();

  private final ByteArrayOutputStream packets = new ByteArrayOutputStream();
  private final List<String> armor = new ArrayList<>();
  private Expected expected = Expected.BEGIN;
  private int headers;

  private ClearSigned() {}

  /**
   * Splits a file.
   *
   * @throws FailureException if it is anything but one clear-signed message, with a code that says
   *     in which way
   */
  public static ClearSigned split(byte[] file) {
    ClearSigned message = new ClearSigned();
    int start = 0;
    for (int number = 1; start < file.length; number++) {
      int end = start;
      while (end < file.length && file[end] != '\n') {
        end++;
      }
      message.take(line(file, start, end, number), number);
      start = end + 1;
    }
    switch (message.expected) {
      case NEXT_SIGNATURE -> {
        return message;
      }
      case BEGIN -> throw leading("it is empty");
      default ->
          throw VerifyCode.CLEARSIGN_TRUNCATED.failure(
              "it ends before the line \"" + END_SIGNATURE + "\"");
    }
  }

  /** Returns a line without its end, once it has been checked by itself. */
  private static String line(byte[] file, int start, int end, int number) {
    int length = end - start - (end > start && file[end - 1] == '\r' ? 1 : 0);
    if (length > MAX_LINE) {
      throw control(number, "has more than " + MAX_LINE + " bytes");
    }
    String line;
    try {
      line = UTF_8.newDecoder().decode(ByteBuffer.wrap(file, start, length)).toString();
    } catch (CharacterCodingException e) {
      throw control(number, "is not UTF-8");
    }
    if (CONTROL.matcher(line).find()) {
      throw control(number, "contains a control character");
    }
    return line;
  }

  private void take(String line, int number) {
    switch (expected) {
      case BEGIN -> {
        if (!line.equals(BEGIN_MESSAGE)) {
          throw leading("line 1 is not \"" + BEGIN_MESSAGE + "\": " + Reasons.excerpt(line));
        }
        expected = Expected.HASH_HEADER;
      }
      case HASH_HEADER, HASH_HEADER_OR_EMPTY -> takeHeader(line, number);
      case TEXT -> takeText(line, number);
      case SIGNATURE -> takeArmor(line);
      case NEXT_SIGNATURE -> {
        if (line.equals(BEGIN_MESSAGE)) {
          throw multiple(number);
        }
        if (!line.equals(BEGIN_SIGNATURE)) {
          throw VerifyCode.CLEARSIGN_TRAILING.failure(
              "line " + number + " follows the signature: " + Reasons.excerpt(line));
        }
        expected = Expected.SIGNATURE;
        takeArmor(line);
      }
    }
  }

  private void takeHeader(String line, int number) {
    if (line.isEmpty() && expected == Expected.HASH_HEADER_OR_EMPTY) {
      expected = Expected.TEXT;
      return;
    }
    headers++;
    boolean known =
        headers <= MAX_HEADERS
            && line.startsWith(HASH_HEADER)
            && HASHES.containsAll(List.of(line.substring(HASH_HEADER.length()).split(", ?", -1)));
    if (!known) {
      throw VerifyCode.CLEARSIGN_HEADER.failure(
          "line "
              + number
              + " is not one of at most "
              + MAX_HEADERS
              + " Hash headers that name a strong digest: "
              + Reasons.excerpt(line));
    }
    expected = Expected.HASH_HEADER_OR_EMPTY;
  }

  private void takeText(String line, int number) {
    if (!line.startsWith("-")) {
      addText(line);
    } else if (line.startsWith("- ")) {
      addText(line.substring(2));
    } else if (line.equals(BEGIN_SIGNATURE)) {
      expected = Expected.SIGNATURE;
      takeArmor(line);
    } else if (line.equals(BEGIN_MESSAGE)) {
      throw multiple(number);
    } else {
      throw VerifyCode.CLEARSIGN_DASH.failure(
          "line " + number + " starts with a dash that is not escaped: " + Reasons.excerpt(line));
    }
  }

  private void takeArmor(String line) {
    armor.add(line);
    if (armor.size() > MAX_ARMOR_LINES) {
      throw VerifyCode.SIG_SYNTAX.failure(
          "a signature has more than " + MAX_ARMOR_LINES + " lines");
    }
    if (line.equals(END_SIGNATURE)) {
      Armor.read(armor, LABEL).forEach(packets::writeBytes);
      armor.clear();
      expected = Expected.NEXT_SIGNATURE;
    }
  }

  private void addText(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    text.append(line, 0, end).append('\n');
  }

  private static FailureException leading(String reason) {
    return VerifyCode.CLEARSIGN_LEADING.failure(reason);
  }

  private static FailureException control(int number, String reason) {
    return VerifyCode.CLEARSIGN_CONTROL.failure("line " + number + " " + reason);
  }

  private static FailureException multiple(int number) {
    return VerifyCode.CLEARSIGN_MULTIPLE.failure("a second message begins at line " + number);
  }

  /** Returns the signed text: unescaped, without blanks at line ends, lines separated by LF. */
  public String text() {
    return text.substring(0, Math.max(0, text.length() - 1));
  }

  /** Returns the bytes that the signatures cover: the text with lines separated by CR and LF. */
  byte[] signedBytes() {
    return text().replace("\n", "\r\n").getBytes(UTF_8);
  }

  /**
   * Returns the signatures of all blocks.
   *
   * @throws FailureException if they are not signature packets, as {@link VerifyCode#SIG_SYNTAX}
   */
  List<SignaturePacket> signatures() {
    return SignaturePacket.readAll(packets.toByteArray());
  }
}
