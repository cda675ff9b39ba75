package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.VerifyCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Walks over OpenPGP packets (RFC 9580, section 4.2) without looking into them: definite lengths
 * only, and only tags that are expected, so that no other parser meets anything else.
 */
final class Packets {

  /** The tag of a signature. */
  static final int SIGNATURE = 2;

  /** The tag of a primary key. */
  static final int PUBLIC_KEY = 6;

  /** What a certificate may hold: keys, user identities and attributes, signatures. */
  static final Set<Integer> CERTIFICATE = Set.of(SIGNATURE, PUBLIC_KEY, 13, 14, 17);

  private static final int MAX_PACKETS = 20_000;

  /**
   * One packet.
   *
   * @param tag its kind
   * @param start where its header starts
   * @param bodyStart where its body starts
   * @param end where the next packet starts
   */
  record Packet(int tag, int start, int bodyStart, int end) {

    byte[] body(byte[] data) {
      return Arrays.copyOfRange(data, bodyStart, end);
    }

    byte[] whole(byte[] data) {
      return Arrays.copyOfRange(data, start, end);
    }
  }

  private final byte[] data;
  private int position;

  private Packets(byte[] data) {
    this.data = data;
  }

  /**
   * Returns the packets that make up some bytes.
   *
   * @param tags the kinds that may occur
   * @throws FailureException with {@link VerifyCode#SIG_SYNTAX} if there is another kind, or a
   *     length that is not definite or too great
   */
  static List<Packet> walk(byte[] data, Set<Integer> tags) {
    Packets walker = new Packets(data);
    List<Packet> packets = new ArrayList<>();
    while (walker.position < data.length) {
      packets.add(walker.packet(tags));
      if (packets.size() > MAX_PACKETS) {
        throw syntax("it has more than " + MAX_PACKETS + " packets");
      }
    }
    return packets;
  }

  private Packet packet(Set<Integer> tags) {
    int start = position;
    int header = octet();
    if ((header & 0x80) == 0) {
      throw syntax("it is not made of OpenPGP packets");
    }
    boolean current = (header & 0x40) != 0;
    int tag = current ? header & 0x3F : (header >> 2) & 0x0F;
    if (!tags.contains(tag)) {
      throw syntax("it holds a packet of kind " + tag + ", which does not belong there");
    }
    long length = current ? currentLength() : oldLength(header & 3);
    if (length > data.length - position) {
      throw syntax("a packet claims " + length + " bytes, but only " + left() + " are left");
    }
    int bodyStart = position;
    position += (int) length;
    return new Packet(tag, start, bodyStart, position);
  }

  private int left() {
    return data.length - position;
  }

  private long currentLength() {
    int first = octet();
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return ((first - 192L) << 8) + octet() + 192;
    }
    if (first < 255) {
      throw syntax("a packet has a partial length");
    }
    return number(4);
  }

  private long oldLength(int type) {
    if (type == 3) {
      throw syntax("a packet has no length");
    }
    return number(1 << type);
  }

  private long number(int octets) {
    long number = 0;
    for (int i = 0; i < octets; i++) {
      number = number << 8 | octet();
    }
    return number;
  }

  private int octet() {
    if (position >= data.length) {
      throw syntax("it ends inside a packet");
    }
    return data[position++] & 0xFF;
  }

  private static FailureException syntax(String reason) {
    return VerifyCode.SIG_SYNTAX.failure(reason);
  }
}
