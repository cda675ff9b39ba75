package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A text in the cleartext signature framework (RFC 9580, section 7), split into the text that is
 * signed and its signatures. A file is taken only if nothing else is in it, so that whoever reads
 * {@link #text} reads what was signed and no more.
 */
public final class ClearSigned {

  private static final int MAX_LINE = 16 << 10;
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

  private final List<String> text = new ArrayList<>();
  private final ByteArrayOutputStream packets = new ByteArrayOutputStream();
  private final List<String> armor = new ArrayList<>();
  private Expected expected = Expected.BEGIN;

  private ClearSigned() {}

  /**
   * Splits a file.
   *
   * @throws VerifyException if it is anything but one clear-signed message, with a code that says
   *     in which way
   */
  public static ClearSigned split(byte[] file) {
    ClearSigned message = new ClearSigned();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      message.take(line, number);
    }
    switch (message.expected) {
      case NEXT_SIGNATURE -> {
        return message;
      }
      case BEGIN -> throw leading("it is empty");
      default ->
          throw new VerifyException(
              Code.CLEARSIGN_TRUNCATED, "it ends before the line \"" + END_SIGNATURE + "\"");
    }
  }

  /** Returns the lines of a file without their ends, of which each is checked by itself. */
  private static List<String> lines(byte[] file) {
    String all;
    try {
      all = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      throw control("it is not UTF-8");
    }
    List<String> lines = new ArrayList<>(Arrays.asList(all.split("\n", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).length() > MAX_LINE) {
        throw control("line " + (i + 1) + " has more than " + MAX_LINE + " characters");
      }
      if (CONTROL.matcher(lines.get(i)).find()) {
        throw control("line " + (i + 1) + " has a control character in it");
      }
    }
    return lines;
  }

  private void take(String line, int number) {
    switch (expected) {
      case BEGIN -> {
        if (!line.equals(BEGIN_MESSAGE)) {
          throw leading("line 1 is not \"" + BEGIN_MESSAGE + "\": " + Armor.shown(line));
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
          throw new VerifyException(
              Code.CLEARSIGN_TRAILING,
              "line " + number + " follows the signature: " + Armor.shown(line));
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
    boolean known =
        line.startsWith(HASH_HEADER)
            && HASHES.containsAll(List.of(line.substring(HASH_HEADER.length()).split(", ?", -1)));
    if (!known) {
      throw new VerifyException(
          Code.CLEARSIGN_HEADER,
          "line "
              + number
              + " is not a Hash header that names digests of today: "
              + Armor.shown(line));
    }
    expected = Expected.HASH_HEADER_OR_EMPTY;
  }

  private void takeText(String line, int number) {
    if (!line.startsWith("-")) {
      text.add(withoutTrailingBlanks(line));
    } else if (line.startsWith("- ")) {
      text.add(withoutTrailingBlanks(line.substring(2)));
    } else if (line.equals(BEGIN_SIGNATURE)) {
      expected = Expected.SIGNATURE;
      takeArmor(line);
    } else if (line.equals(BEGIN_MESSAGE)) {
      throw multiple(number);
    } else {
      throw new VerifyException(
          Code.CLEARSIGN_DASH,
          "line " + number + " starts with a dash that is not escaped: " + Armor.shown(line));
    }
  }

  private void takeArmor(String line) {
    armor.add(line);
    if (line.equals(END_SIGNATURE)) {
      Armor.read(armor, LABEL).forEach(packets::writeBytes);
      armor.clear();
      expected = Expected.NEXT_SIGNATURE;
    }
  }

  private static String withoutTrailingBlanks(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    return line.substring(0, end);
  }

  private static VerifyException leading(String reason) {
    return new VerifyException(Code.CLEARSIGN_LEADING, reason);
  }

  private static VerifyException control(String reason) {
    return new VerifyException(Code.CLEARSIGN_CONTROL, reason);
  }

  private static VerifyException multiple(int number) {
    return new VerifyException(
        Code.CLEARSIGN_MULTIPLE, "a second message begins at line " + number);
  }

  /** Returns the signed text: unescaped, without blanks at line ends, lines separated by LF. */
  public String text() {
    return String.join("\n", text);
  }

  /** Returns the bytes that the signatures cover: the text with lines separated by CR and LF. */
  byte[] signedBytes() {
    return String.join("\r\n", text).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns the signatures of all blocks.
   *
   * @throws VerifyException if they are not signature packets, as {@link Code#SIG_SYNTAX}
   */
  List<SignaturePacket> signatures() {
    return SignaturePacket.readAll(packets.toByteArray());
  }
}
