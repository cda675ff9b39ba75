package io.github.prosodyoci.archive.deflate;

import java.util.Arrays;

/**
 * Collects bits as a deflate stream packs them: the first into a byte's lowest (RFC 1951, 3.1.1).
 */
final class BitWriter {

  private byte[] bytes;
  private int count;
  private long pending;
  private int pendingBits;

  /** Creates a writer with room for some bytes at first. */
  BitWriter(int room) {
    bytes = new byte[room + Long.BYTES];
  }

  /** Adds the lowest bits of a value, up to 32; its higher bits must be 0. */
  void add(int value, int bits) {
    pending |= (value & 0xffffffffL) << pendingBits;
    pendingBits += bits;
    if (pendingBits >= Integer.SIZE) {
      reserve(Integer.BYTES);
      for (int i = 0; i < Integer.BYTES; i++) {
        bytes[count++] = (byte) (pending >>> (Byte.SIZE * i));
      }
      pending >>>= Integer.SIZE;
      pendingBits -= Integer.SIZE;
    }
  }

  /** Fills the current byte up with zeros. */
  void align() {
    reserve(Long.BYTES);
    for (; pendingBits > 0; pendingBits -= Byte.SIZE) {
      bytes[count++] = (byte) pending;
      pending >>>= Byte.SIZE;
    }
    pendingBits = 0;
  }

  /** Adds whole bytes, after {@link #align}. */
  void add(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, bytes, count, length);
    count += length;
  }

  private void reserve(int more) {
    if (bytes.length - count < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, count + more));
    }
  }

  /** Returns the whole bytes. */
  byte[] toByteArray() {
    return Arrays.copyOf(bytes, count);
  }
}
