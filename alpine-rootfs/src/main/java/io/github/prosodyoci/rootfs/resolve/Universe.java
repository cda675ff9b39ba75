package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.index.IndexEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All packages of some repositories, tied together by the names that they offer and ask for. */
final class Universe {

  /** The order in which apk goes through all names. */
  static final Comparator<Named> APK_ORDER =
      Comparator.comparingInt(Named::bucket)
          .thenComparing(Comparator.comparingInt((Named name) -> name.id).reversed());

  /** A name that packages have, provide or ask for. */
  static final class Named {
    final int id;
    final String text;
    final List<Offer> providers = new ArrayList<>(1);

    /**
     * Names, a provider of which is installed if this one is, and others with it: in apk's order.
     */
    List<Named> followers = List.of();

    private int bucket = -1;
    private int otherPackages;

    Named(int id, String text) {
      this.id = id;
      this.text = text;
    }

    /** Returns the place in apk's table of names. */
    int bucket() {
      if (bucket < 0) {
        bucket = ApkOrder.bucket(text);
      }
      return bucket;
    }

    /** Returns 0 if only packages have this name, 1 if some provide it, 2 if all do. */
    int virtuality() {
      return otherPackages == 0 ? 0 : otherPackages < providers.size() ? 1 : 2;
    }

    private void add(Offer provider) {
      providers.add(provider);
      otherPackages += provider.candidate.name == this ? 0 : 1;
    }

    /** Adds a name, unless it was the last one to be added. */
    private void addFollower(Named name) {
      if (followers.isEmpty()) {
        followers = new ArrayList<>();
      }
      if (followers.isEmpty() || followers.get(followers.size() - 1) != name) {
        followers.add(name);
      }
    }
  }

  /** A package that offers a name. */
  record Offer(Candidate candidate, String version) {
    /** Returns whether the name is offered without a version, so that several may do so at once. */
    boolean isVirtual() {
      return version.isEmpty();
    }
  }

  /** A dependency and the name it is about. */
  record Demand(Named name, Dependency dependency) {
    boolean conflict() {
      return dependency.conflict();
    }

    /** Returns whether it is met if this provider, or nobody, stands for the name. */
    boolean isMetBy(@Nullable Offer provider) {
      if (provider == null) {
        return conflict();
      }
      if (dependency.operator() == Dependency.Operator.CHECKSUM) {
        return dependency.version().equals(provider.candidate().entry.identity());
      }
      return dependency.accepts(provider.version()) != conflict();
    }
  }

  /** A package. */
  static final class Candidate {
    final int id;
    final IndexEntry entry;
    final Named name;
    final List<Demand> depends;
    final List<Demand> installIf;

    /** The names it provides beside its own. */
    final List<Demand> provides;

    /** Its own name, and then those it provides. */
    final List<Named> names;

    /** Which repositories hold it: a bit for each. */
    int repositories;

    Candidate(
        int id,
        IndexEntry entry,
        Named name,
        List<Demand> depends,
        List<Demand> installIf,
        List<Demand> provides) {
      this.id = id;
      this.entry = entry;
      this.name = name;
      this.depends = depends;
      this.installIf = installIf;
      this.provides = provides;
      List<Named> all = new ArrayList<>(1 + provides.size());
      all.add(name);
      for (Demand offer : provides) {
        all.add(offer.name());
      }
      this.names = all;
    }

    int firstRepository() {
      return Integer.numberOfTrailingZeros(repositories);
    }
  }

  /** Bits of the repositories that count without a tag. */
  final int untagged;

  private final Map<String, Integer> tags = new HashMap<>();
  private final Map<String, Named> names = new HashMap<>();
  private final Map<String, Candidate> candidates = new HashMap<>();

  Universe(List<Repository> repositories) {
    int plain = 0;
    for (int i = 0; i < repositories.size(); i++) {
      Repository repository = repositories.get(i);
      if (repository.tag().isEmpty()) {
        plain |= 1 << i;
      } else {
        tags.merge(repository.tag(), 1 << i, (a, b) -> a | b);
      }
      for (IndexEntry entry : repository.entries()) {
        if (entry.installable()) {
          candidate(entry).repositories |= 1 << i;
        }
      }
    }
    untagged = plain;
    tieFollowers();
  }

  /** Ties the names that packages are installed with to those of these packages. */
  private void tieFollowers() {
    Set<Named> following = new TreeSet<>(APK_ORDER);
    for (Candidate candidate : candidates.values()) {
      if (!candidate.installIf.isEmpty()) {
        following.add(candidate.name);
        candidate.provides.forEach(offer -> following.add(offer.name));
      }
    }
    for (Named name : following) {
      for (Offer provider : name.providers) {
        provider.candidate.installIf.forEach(demand -> demand.name.addFollower(name));
      }
    }
  }

  int nameCount() {
    return names.size();
  }

  int candidateCount() {
    return candidates.size();
  }

  /** Returns the bits of the repositories with a tag; of the untagged ones for an empty tag. */
  int repositories(String tag) {
    return tag.isEmpty() ? untagged : tags.getOrDefault(tag, 0);
  }

  Named name(String text) {
    Named known = names.get(text);
    if (known == null) {
      known = new Named(names.size(), text);
      names.put(text, known);
    }
    return known;
  }

  Demand demand(Dependency dependency) {
    return new Demand(name(dependency.name()), dependency);
  }

  private Candidate candidate(IndexEntry entry) {
    Candidate known = candidates.get(entry.identity());
    if (known != null) {
      return known;
    }
    Candidate candidate =
        new Candidate(
            candidates.size(),
            entry,
            name(entry.info().name()),
            demands(entry.info().depends()),
            demands(entry.info().installIf()),
            demands(entry.info().provides()));
    candidates.put(entry.identity(), candidate);
    candidate.name.add(new Offer(candidate, entry.info().version()));
    for (Demand offer : candidate.provides) {
      offer.name.add(new Offer(candidate, offer.dependency.version()));
    }
    return candidate;
  }

  private List<Demand> demands(List<Dependency> dependencies) {
    if (dependencies.isEmpty()) {
      return List.of();
    }
    List<Demand> demands = new ArrayList<>(dependencies.size());
    for (Dependency dependency : dependencies) {
      demands.add(demand(dependency));
    }
    return demands;
  }
}
