package io.github.prosodyoci.rootfs.resolve;

import java.nio.charset.StandardCharsets;

/**
 * The order in which apk-tools 2.14 walks through the names it knows: that of a hash table. Where
 * several packages may follow in any order, apk's choice comes from it.
 */
final class ApkOrder {

  private static final int BUCKETS = 20_000;
  private static final int SEED = 5381;

  private ApkOrder() {}

  /** Returns the place of a name in the table. */
  static int bucket(String name) {
    return Integer.remainderUnsigned(murmur3(name.getBytes(StandardCharsets.UTF_8)), BUCKETS);
  }

  /** MurmurHash3 of 32 bits (Austin Appleby, public domain). */
  private static int murmur3(byte[] key) {
    int hash = SEED;
    int whole = key.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      hash = Integer.rotateLeft(hash ^ mix(word(key, i, 4)), 13) * 5 + 0xe6546b64;
    }
    if (whole < key.length) {
      hash ^= mix(word(key, whole, key.length - whole));
    }
    hash ^= key.length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static int mix(int word) {
    return Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
  }

  private static int word(byte[] key, int start, int length) {
    int word = 0;
    for (int i = length - 1; i >= 0; i--) {
      word = (word << 8) | (key[start + i] & 0xff);
    }
    return word;
  }
}
