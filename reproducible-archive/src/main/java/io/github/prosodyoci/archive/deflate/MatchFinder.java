package io.github.prosodyoci.archive.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds where bytes stood before. All earlier places whose next four bytes have the same hash form
 * a chain, the latest first; of three bytes only the latest place is known.
 */
final class MatchFinder {

  static final int MIN_MATCH = 3;
  static final int MAX_MATCH = 258;

  /** How far back a match may lie, in bytes. */
  static final int WINDOW = 1 << 15;

  private static final int MASK = WINDOW - 1;
  private static final int CHAIN_BYTES = 4;
  private static final int CHAIN_HASH_BITS = 15;
  private static final int SHORT_HASH_BITS = 12;

  /** Knuth's: 2³² over the golden ratio. */
  private static final int MULTIPLIER = 0x9E3779B1;

  /** Too far back from any place. */
  private static final int NOWHERE = -WINDOW;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] content;
  private final int end;

  /** The latest place, by the hash of its four bytes. */
  private final int[] latest = new int[1 << CHAIN_HASH_BITS];

  /** The place before in the same chain, by the place modulo {@link #WINDOW}. */
  private final int[] earlier = new int[WINDOW];

  /** The latest place, by the hash of its three bytes. */
  private final int[] latestShort = new int[1 << SHORT_HASH_BITS];

  private int known;
  private int at = -1;
  private int length;
  private int distance;

  /**
   * Creates a finder.
   *
   * @param end where the content ends in its array
   */
  MatchFinder(byte[] content, int end) {
    this.content = content;
    this.end = end;
    Arrays.fill(latest, NOWHERE);
    Arrays.fill(latestShort, NOWHERE);
  }

  /** Returns the place last looked at, or -1. */
  int at() {
    return at;
  }

  /** Returns the length of the match there, or 0 if there was none longer than asked. */
  int length() {
    return length;
  }

  /** Returns how many bytes before the match lies, if there is one. */
  int distance() {
    return distance;
  }

  /** Takes note of the bytes at all places before one. */
  void advance(int to) {
    int stop = Math.min(to, end - CHAIN_BYTES + 1);
    for (int place = known; place < stop; place++) {
      int bytes = (int) INT.get(content, place);
      latestShort[shortHash(bytes)] = place;
      earlier[place & MASK] = latest[chainHash(bytes)];
      latest[chainHash(bytes)] = place;
    }
    known = to;
  }

  /**
   * Looks at a place, all before which were taken note of.
   *
   * @param tooShort how long a match is of no use
   * @param good a match of this length need not be beaten
   * @param steps how many places to compare it with
   */
  void find(int place, int tooShort, int good, int steps) {
    at = place;
    length = 0;
    int room = Math.min(MAX_MATCH, end - place);
    if (room >= CHAIN_BYTES && room > tooShort) {
      int bytes = (int) INT.get(content, place);
      int shortPlace = latestShort[shortHash(bytes)];
      int chainPlace = latest[chainHash(bytes)];
      int best = tooShort;
      if (best < MIN_MATCH
          && place - shortPlace < WINDOW
          && (((int) INT.get(content, shortPlace) ^ bytes) << Byte.SIZE) == 0) {
        best = MIN_MATCH;
        length = MIN_MATCH;
        distance = place - shortPlace;
      }
      follow(chainPlace, bytes, best, room, Math.min(good, room), steps);
    }
    advance(place + 1);
  }

  private void follow(int first, int bytes, int shortest, int room, int enough, int steps) {
    // Fields in local variables: this is where the time goes.
    byte[] all = content;
    int[] chain = earlier;
    int here = at;
    int best = shortest;
    int bestPlace = here;
    int place = first;
    for (int left = steps; left > 0 && here - place < WINDOW && best < enough; left--) {
      // What follows the best so far tells most candidates off.
      int tail = Math.max(0, best + 1 - CHAIN_BYTES);
      if ((int) INT.get(all, place + tail) == (int) INT.get(all, here + tail)
          && (int) INT.get(all, place) == bytes) {
        int found = matchLength(all, here, place, room);
        if (found > best) {
          best = found;
          bestPlace = place;
        }
      }
      place = chain[place & MASK];
    }
    if (bestPlace < here) {
      length = best;
      distance = here - bestPlace;
    }
  }

  /** Returns how long the match of two places is, whose first four bytes are the same. */
  private static int matchLength(byte[] all, int here, int place, int room) {
    int same = CHAIN_BYTES;
    for (; same + Long.BYTES <= room; same += Long.BYTES) {
      long difference = (long) LONG.get(all, here + same) ^ (long) LONG.get(all, place + same);
      if (difference != 0) {
        return same + Long.numberOfTrailingZeros(difference) / Byte.SIZE;
      }
    }
    while (same < room && all[here + same] == all[place + same]) {
      same++;
    }
    return same;
  }

  private static int chainHash(int bytes) {
    return (bytes * MULTIPLIER) >>> (Integer.SIZE - CHAIN_HASH_BITS);
  }

  private static int shortHash(int bytes) {
    return ((bytes << Byte.SIZE) * MULTIPLIER) >>> (Integer.SIZE - SHORT_HASH_BITS);
  }
}
