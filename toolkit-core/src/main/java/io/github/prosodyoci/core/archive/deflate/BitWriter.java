package io.github.prosodyoci.core.archive.deflate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Packs bits into bytes, least significant first (RFC 1951, section 3.1.1). */
final class BitWriter {

  /** The most that the two-byte length of a stored block can express. */
  static final int MAX_STORED = 0xffff;

  private final ByteBuffer bytes;
  private long pending;
  private int pendingBits;

  /** Has room for content that does not shrink: a few bytes more for each block. */
  BitWriter(int length) {
    bytes = ByteBuffer.allocate(length + length / 64 + 64).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Appends up to 31 bits; those of {@code value} above {@code count} must be 0. */
  void put(int value, int count) {
    pending |= (long) value << pendingBits;
    pendingBits += count;
    while (pendingBits >= Byte.SIZE) {
      bytes.put((byte) pending);
      pending >>>= Byte.SIZE;
      pendingBits -= Byte.SIZE;
    }
  }

  /** Appends stored blocks (section 3.2.4); an empty range becomes one empty block. */
  void putStored(byte[] content, int start, int end, boolean last) {
    int from = start;
    do {
      int length = Math.min(MAX_STORED, end - from);
      put(last && from + length == end ? 1 : 0, 3);
      align();
      bytes.putShort((short) length).putShort((short) ~length).put(content, from, length);
      from += length;
    } while (from < end);
  }

  byte[] toByteArray() {
    align();
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private void align() {
    put(0, -pendingBits & (Byte.SIZE - 1));
  }
}
