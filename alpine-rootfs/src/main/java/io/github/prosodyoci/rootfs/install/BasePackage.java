package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.inspect.InstalledDatabase;
import java.util.HashSet;
import java.util.Set;

/** A package that the base image holds, as its database lists it. */
final class BasePackage implements Owner {

  private final InstalledDatabase.Entry listed;
  private final IndexEntry entry;

  /** Files that other packages have taken over. */
  private final Set<String> removed = new HashSet<>();

  /**
   * Reads a package.
   *
   * @throws FailureException if a field of it is damaged ({@code database})
   */
  BasePackage(InstalledDatabase.Entry listed) {
    this.listed = listed;
    String name = listed.field('P');
    try {
      PackageInfo info =
          PackageInfo.builder(name, listed.field('V'), listed.field('A'))
              .license(listed.field('L'))
              .origin(listed.field('o'))
              .depends(Dependency.parseAll(listed.field('D')))
              .provides(Dependency.parseAll(listed.field('p')))
              .installIf(Dependency.parseAll(listed.field('i')))
              .replaces(Dependency.parseAll(listed.field('r')))
              .providerPriority(number('k'))
              .replacesPriority(number('q'))
              .build();
      String identity = listed.field('C');
      entry =
          new IndexEntry(
              info, identity.startsWith("Q1") ? Checksums.canonical(identity) : identity, 0, true);
    } catch (FailureException | IllegalArgumentException e) {
      throw Failure.of(
              RootfsCode.DATABASE,
              "read",
              "the package " + Reasons.printable(name) + " of the base image",
              Reasons.of(e))
          .toException(e);
    }
  }

  private int number(char field) {
    String text = listed.field(field);
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  @Override
  public PackageInfo info() {
    return entry.info();
  }

  @Override
  public int layer() {
    return -1;
  }

  @Override
  public void removeFile(String path) {
    removed.add(path);
  }

  /** Returns it as a repository would list it. */
  IndexEntry entry() {
    return entry;
  }

  /** Returns its folders and files. */
  InstalledDatabase.Entry listed() {
    return listed;
  }

  /** Returns its record in the database, without the files that others have taken over. */
  String text() {
    return listed.without(removed);
  }

  /** Returns how the names of its scripts begin in the database. */
  String scriptPrefix() {
    return info().nameVersion() + "." + listed.field('C') + ".";
  }
}
