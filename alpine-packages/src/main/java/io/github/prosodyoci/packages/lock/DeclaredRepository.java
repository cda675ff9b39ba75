package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A repository that a build declares: either on disk, or on the network.
 *
 * @param local one on disk, whose packages are taken as they are
 * @param remote one on the network, which a lock pins
 * @param preferred whether what it has is taken from no other repository, whatever versions others
 *     have; only for one on disk
 */
public record DeclaredRepository(
    Optional<PackageRepository> local, Optional<RemoteRepository> remote, boolean preferred) {

  /** Returns a repository on disk. */
  public static DeclaredRepository local(PackageRepository repository, boolean preferred) {
    return new DeclaredRepository(Optional.of(repository), Optional.empty(), preferred);
  }

  /** Returns a repository on the network. */
  public static DeclaredRepository remote(RemoteRepository repository) {
    return new DeclaredRepository(Optional.empty(), Optional.of(repository), false);
  }

  /** Returns the names and origins of the packages that no other repository may give. */
  Set<String> reserved() {
    Set<String> names = new HashSet<>();
    if (preferred) {
      for (IndexEntry entry : local.orElseThrow().packages().entries()) {
        names.add(entry.info().name());
        names.add(entry.info().origin());
      }
      names.remove("");
    }
    return names;
  }
}
