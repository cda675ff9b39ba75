package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Source;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The files that a build needs.
 *
 * @param required files without which the build cannot go on
 * @param optional files that may be unavailable
 * @param rehash whether stored files are hashed again that nobody has touched since they were last
 *     hashed
 */
public record FetchRequest(List<Source> required, List<Source> optional, boolean rehash) {

  /** Makes it immutable; a file is in one list, once. */
  public FetchRequest {
    Set<Source> once = new LinkedHashSet<>(required);
    required = List.copyOf(once);
    optional = optional.stream().distinct().filter(file -> !once.contains(file)).toList();
  }

  /** Returns a request for files that are all required. */
  public static FetchRequest required(Collection<Source> required) {
    return new FetchRequest(List.copyOf(required), List.of(), true);
  }

  /** Returns a request for files that may all be unavailable. */
  public static FetchRequest optional(Collection<Source> optional) {
    return new FetchRequest(List.of(), List.copyOf(optional), true);
  }

  /** Returns a request for sources, and for the files of their evidence. */
  public static FetchRequest of(List<DeclaredSource> declared) {
    Set<Source> required = new LinkedHashSet<>();
    Set<Source> optional = new LinkedHashSet<>();
    for (DeclaredSource source : declared) {
      required.add(source.source());
      for (Evidence evidence : source.evidence()) {
        evidence.carrier().ifPresent((evidence.optional() ? optional : required)::add);
      }
    }
    return new FetchRequest(List.copyOf(required), List.copyOf(optional), true);
  }

  /** Returns the same request for somebody who does not read the files now. */
  public FetchRequest withoutRehash() {
    return new FetchRequest(required, optional, false);
  }
}
