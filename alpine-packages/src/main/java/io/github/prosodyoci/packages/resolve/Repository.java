package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.List;
import java.util.Set;

/**
 * A repository's packages.
 *
 * @param location where it is, for people and to find the packages' files
 * @param tag the tag that world entries name it by ({@code name@tag}), without its {@code @}; empty
 *     for an ordinary repository
 * @param entries its packages, in the order of its index
 * @param rules those of the apk that it is made for
 */
public record Repository(String location, String tag, List<IndexEntry> entries, ApkRules rules) {

  /** Copies the list. */
  public Repository {
    entries = List.copyOf(entries);
  }

  /** Creates a repository that is made for apk 2. */
  public Repository(String location, String tag, List<IndexEntry> entries) {
    this(location, tag, entries, ApkRules.APK_2);
  }

  /** Returns this repository with the rules of another apk. */
  public Repository withRules(ApkRules other) {
    return new Repository(location, tag, entries, other);
  }

  /**
   * Returns this repository without some packages.
   *
   * @param names of packages, or of the origins of packages
   */
  public Repository without(Set<String> names) {
    return new Repository(
        location,
        tag,
        entries.stream()
            .filter(
                entry ->
                    !names.contains(entry.info().name()) && !names.contains(entry.info().origin()))
            .toList(),
        rules);
  }
}
