package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All installable packages of the repositories, found by the names that they have. */
final class Catalog {

  private final Map<String, Candidate> byIdentity = new HashMap<>();
  private final Map<String, List<Offer>> offers = new HashMap<>();
  private final Map<String, List<Candidate>> followers = new HashMap<>();
  private final Map<String, Integer> byTag = new HashMap<>();

  /**
   * Creates a catalog.
   *
   * @param installed packages that are there already: they count as an untagged repository after
   *     all others
   */
  Catalog(List<Repository> repositories, List<IndexEntry> installed) {
    int order = 0;
    for (int i = 0; i < repositories.size(); i++) {
      byTag.merge(repositories.get(i).tag(), 1 << i, (a, b) -> a | b);
      ApkRules rules = repositories.get(i).rules();
      for (IndexEntry entry : repositories.get(i).entries()) {
        if (entry.installable() && rules.allow(entry.info())) {
          add(new Candidate(entry, order++, i, rules));
        }
      }
    }
    if (!installed.isEmpty()) {
      byTag.merge("", 1 << repositories.size(), (a, b) -> a | b);
    }
    for (IndexEntry entry : installed) {
      ApkRules rules = repositories.isEmpty() ? ApkRules.APK_2 : repositories.get(0).rules();
      Candidate candidate = new Candidate(entry, order++, repositories.size(), rules);
      add(candidate);
      Candidate known = byIdentity.getOrDefault(entry.identity(), candidate);
      (known.toString().equals(candidate.toString()) ? known : candidate).markInstalled();
    }
  }

  private void add(Candidate candidate) {
    IndexEntry entry = candidate.entry();
    Candidate same = byIdentity.putIfAbsent(entry.identity(), candidate);
    if (same != null && same.toString().equals(candidate.toString())) {
      same.addRepositories(candidate.repositories());
      return;
    }
    add(new Offer(candidate, candidate.name(), entry.info().version()));
    for (Dependency provided : entry.info().provides()) {
      add(new Offer(candidate, provided.name(), provided.version()));
    }
    for (Dependency condition : candidate.conditions()) {
      if (!condition.conflict()) {
        followers.computeIfAbsent(condition.name(), key -> new ArrayList<>(1)).add(candidate);
      }
    }
  }

  private void add(Offer offer) {
    List<Offer> list = offers.computeIfAbsent(offer.name(), key -> new ArrayList<>(1));
    if (!list.isEmpty() && list.get(list.size() - 1).candidate() == offer.candidate()) {
      if (offer.isOwner() || list.get(list.size() - 1).isOwner()) {
        offer.candidate().markContradictory();
      }
      return;
    }
    list.add(offer);
  }

  /** Returns who has a name, in the order of repositories and indexes. */
  List<Offer> offers(String name) {
    return offers.getOrDefault(name, List.of());
  }

  /** Returns the packages whose {@code install_if} names this name. */
  List<Candidate> followers(String name) {
    return followers.getOrDefault(name, List.of());
  }

  /**
   * Returns the repositories with a tag, a bit each: those without one for the empty tag, none for
   * a tag that nobody has.
   */
  int repositories(String tag) {
    return byTag.getOrDefault(tag, 0);
  }
}
