package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.List;

/**
 * One package in one version that could be chosen; repositories that hold the same file share it.
 */
final class Candidate {

  private final IndexEntry entry;
  private final int order;
  private final ApkRules rules;
  private int repositories;
  private boolean contradictory;
  private boolean installed;

  /**
   * Creates a candidate.
   *
   * @param order its place among all packages, by repository and then by its place in the index
   * @param repository the place of the first repository that holds it
   * @param rules those of that repository
   */
  Candidate(IndexEntry entry, int order, int repository, ApkRules rules) {
    this.entry = entry;
    this.order = order;
    this.rules = rules;
    this.repositories = 1 << repository;
  }

  IndexEntry entry() {
    return entry;
  }

  PackageInfo info() {
    return entry.info();
  }

  String name() {
    return info().name();
  }

  int order() {
    return order;
  }

  /** Returns the repositories that hold it, a bit each. */
  int repositories() {
    return repositories;
  }

  void addRepositories(int others) {
    repositories |= others;
  }

  /**
   * Returns what must be there, or with {@code !} be absent, for it to come by itself; empty if it
   * never does. With apk 2 a condition that something be absent is never met.
   */
  List<Dependency> conditions() {
    List<Dependency> all = info().installIf();
    boolean never =
        rules.knowsAbsence()
            ? all.stream().allMatch(Dependency::conflict)
            : all.stream().anyMatch(Dependency::conflict);
    return never ? List.of() : all;
  }

  /** Returns whether it claims a name twice, which no root can hold. */
  boolean contradictory() {
    return contradictory;
  }

  void markContradictory() {
    contradictory = true;
  }

  /** Returns whether it is there already. */
  boolean installed() {
    return installed;
  }

  void markInstalled() {
    installed = true;
  }

  /** Returns name and version. */
  @Override
  public String toString() {
    return info().nameVersion();
  }
}
