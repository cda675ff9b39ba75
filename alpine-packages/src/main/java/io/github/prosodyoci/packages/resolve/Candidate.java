package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;

/**
 * One package in one version that could be chosen; repositories that hold the same file share it.
 */
final class Candidate {

  private final IndexEntry entry;
  private final int order;
  private int repositories;
  private boolean contradictory;

  /**
   * Creates a candidate.
   *
   * @param order its place among all packages, by repository and then by its place in the index
   * @param repository the place of the first repository that holds it
   */
  Candidate(IndexEntry entry, int order, int repository) {
    this.entry = entry;
    this.order = order;
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

  void addRepository(int repository) {
    repositories |= 1 << repository;
  }

  /** Returns whether it claims a name twice, which no root can hold. */
  boolean contradictory() {
    return contradictory;
  }

  void markContradictory() {
    contradictory = true;
  }

  /** Returns name and version. */
  @Override
  public String toString() {
    return info().nameVersion();
  }
}
