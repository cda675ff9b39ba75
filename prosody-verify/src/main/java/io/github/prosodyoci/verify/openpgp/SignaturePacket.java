package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.VerifyCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a signature packet says about itself (RFC 9580, section 5.2), read before any other code
 * sees it. Times count only from the hashed area; issuers are hints, from both areas.
 *
 * @param version 3 to 6; of other versions than 4 and 6 nothing else is read
 * @param type the signature type, such as 0 for a binary document
 * @param keyAlgorithm the public-key algorithm's number
 * @param hashAlgorithm the digest algorithm's number
 * @param created the hashed creation times
 * @param lifetime seconds until it expires; absent if it does not
 * @param issuers key ids (16 hexadecimal digits) and fingerprints, upper case
 * @param critical the first critical subpacket that is not understood, if any
 * @param encoded the whole packet
 */
record SignaturePacket(
    int version,
    int type,
    int keyAlgorithm,
    int hashAlgorithm,
    List<Instant> created,
    Optional<Long> lifetime,
    List<String> issuers,
    Optional<Integer> critical,
    ByteBuffer encoded) {

  private static final int MAX_PACKET = 1 << 16;
  private static final int MAX_SIGNATURES = 64;
  private static final int MAX_SUBPACKETS = 256;

  private static final int CREATION_TIME = 2;
  private static final int EXPIRATION_TIME = 3;
  private static final int KEY_ID = 16;
  private static final int FINGERPRINT = 33;

  /** The subpackets that mean something, or nothing at all, for a document's signature. */
  private static final List<Integer> UNDERSTOOD =
      List.of(2, 3, 4, 5, 6, 7, 9, 11, 16, 21, 22, 23, 24, 25, 26, 27, 28, 30, 33, 34, 35, 39);

  /**
   * Returns the signatures that make up some packets, in order.
   *
   * @throws FailureException with {@link VerifyCode#SIG_SYNTAX} if there is anything else, too
   *     much, or nothing
   */
  static List<SignaturePacket> readAll(byte[] packets) {
    List<SignaturePacket> signatures = new ArrayList<>();
    for (Packets.Packet packet : Packets.walk(packets, Set.of(Packets.SIGNATURE))) {
      if (packet.end() - packet.bodyStart() > MAX_PACKET) {
        throw syntax("a signature is larger than " + MAX_PACKET + " bytes");
      }
      signatures.add(
          read(packet.body(packets), ByteBuffer.wrap(packet.whole(packets)).asReadOnlyBuffer()));
      if (signatures.size() > MAX_SIGNATURES) {
        throw syntax("it has more than " + MAX_SIGNATURES + " signatures");
      }
    }
    if (signatures.isEmpty()) {
      throw syntax("it is empty: not a signature");
    }
    return signatures;
  }

  private static SignaturePacket read(byte[] body, ByteBuffer encoded) {
    ByteBuffer in = ByteBuffer.wrap(body);
    try {
      int version = in.get();
      if (version != 4 && version != 6) {
        return new SignaturePacket(
            version, -1, -1, -1, List.of(), Optional.empty(), List.of(), Optional.empty(), encoded);
      }
      int type = in.get() & 0xFF;
      int keyAlgorithm = in.get() & 0xFF;
      int hashAlgorithm = in.get() & 0xFF;
      Subpackets hashed = new Subpackets(area(in, version), true);
      Subpackets unhashed = new Subpackets(area(in, version), false);
      List<String> issuers = new ArrayList<>(hashed.issuers);
      issuers.addAll(unhashed.issuers);
      return new SignaturePacket(
          version,
          type,
          keyAlgorithm,
          hashAlgorithm,
          List.copyOf(hashed.created),
          hashed.lifetime.stream().filter(seconds -> seconds != 0).findFirst(),
          List.copyOf(issuers),
          hashed.critical,
          encoded);
    } catch (BufferUnderflowException e) {
      throw syntax("it ends inside a signature");
    }
  }

  private static ByteBuffer area(ByteBuffer in, int version) {
    long length = version == 4 ? in.getShort() & 0xFFFF : in.getInt() & 0xFFFFFFFFL;
    if (length > in.remaining()) {
      throw syntax("its subpackets run over its end");
    }
    ByteBuffer area = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return area;
  }

  /** Returns a copy of the whole packet's bytes. */
  byte[] bytes() {
    byte[] bytes = new byte[encoded.capacity()];
    encoded.get(0, bytes);
    return bytes;
  }

  /** Returns what kind of signature it is, in words. */
  String typeName() {
    return switch (type) {
      case 0x00 -> "binary document";
      case 0x01 -> "text document";
      case 0x02 -> "standalone";
      case 0x10, 0x11, 0x12, 0x13 -> "certification of a user";
      case 0x18 -> "binding of a subkey";
      case 0x19 -> "binding of a primary key";
      case 0x1F -> "direct key";
      case 0x20, 0x28, 0x30 -> "revocation";
      case 0x40 -> "timestamp";
      case 0x50 -> "confirmation by a third party";
      default -> String.format(Locale.ROOT, "type 0x%02x", type);
    };
  }

  private static FailureException syntax(String reason) {
    return VerifyCode.SIG_SYNTAX.failure(reason);
  }

  /** The subpackets of one area (RFC 9580, section 5.2.3.7). */
  private static final class Subpackets {
    final List<Instant> created = new ArrayList<>();
    final List<Long> lifetime = new ArrayList<>();
    final List<String> issuers = new ArrayList<>();
    Optional<Integer> critical = Optional.empty();

    Subpackets(ByteBuffer in, boolean hashed) {
      int count = 0;
      while (in.hasRemaining()) {
        long length = length(in);
        if (length < 1 || length > in.remaining() || ++count > MAX_SUBPACKETS) {
          throw syntax("a subpacket is empty, runs over its area, or is one too many");
        }
        int tag = in.get() & 0xFF;
        byte[] value = new byte[(int) length - 1];
        in.get(value);
        subpacket(tag & 0x7F, value);
        if (hashed && tag >= 0x80 && critical.isEmpty() && !UNDERSTOOD.contains(tag & 0x7F)) {
          critical = Optional.of(tag & 0x7F);
        }
      }
      if (lifetime.size() > 1) {
        throw syntax("it has two expiration times");
      }
    }

    private static long length(ByteBuffer in) {
      int first = in.get() & 0xFF;
      if (first < 192) {
        return first;
      }
      if (first < 255) {
        return ((first - 192L) << 8) + (in.get() & 0xFF) + 192;
      }
      return in.getInt() & 0xFFFFFFFFL;
    }

    private void subpacket(int type, byte[] value) {
      switch (type) {
        case CREATION_TIME -> created.add(Instant.ofEpochSecond(number(value)));
        case EXPIRATION_TIME -> lifetime.add(number(value));
        case KEY_ID -> issuers.add(hex(value, 0, 8));
        case FINGERPRINT -> issuers.add(hex(value, 1, value.length > 0 && value[0] == 4 ? 20 : 32));
        default -> {
          // Says nothing that matters here; what is critical and not understood is refused.
        }
      }
    }

    private static long number(byte[] value) {
      if (value.length != 4) {
        throw syntax("a time does not have four bytes");
      }
      return ByteBuffer.wrap(value).getInt() & 0xFFFFFFFFL;
    }

    private static String hex(byte[] value, int start, int length) {
      if (value.length != start + length) {
        throw syntax("an issuer has a wrong length");
      }
      return HexFormat.of().withUpperCase().formatHex(value, start, value.length);
    }
  }
}
