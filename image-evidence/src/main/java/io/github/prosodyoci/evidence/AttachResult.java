package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was attached.
 *
 * @param artifacts the digests of the artifacts, by what they hold
 * @param tag the tag of the signature that older programs look for
 */
public record AttachResult(SortedMap<String, Digest> artifacts, String tag) {

  /** Copies the map. */
  public AttachResult {
    artifacts = Collections.unmodifiableSortedMap(new TreeMap<>(artifacts));
  }
}
