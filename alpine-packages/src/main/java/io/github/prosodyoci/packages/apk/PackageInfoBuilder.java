package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.FailureException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Gathers what a package says of itself. */
public final class PackageInfoBuilder {
  private String name;
  private String version;
  private String architecture;
  private String description = "";
  private String url = "";
  private String license = "";
  private String origin = "";
  private String maintainer = "";
  private String packager = "";
  private String commit = "";
  private final List<Dependency> depends = new ArrayList<>();
  private final List<Dependency> installIf = new ArrayList<>();
  private final List<Dependency> provides = new ArrayList<>();
  private final List<Dependency> replaces = new ArrayList<>();
  private int providerPriority;
  private int replacesPriority;
  private final List<String> triggers = new ArrayList<>();
  private long installedSize;
  private long buildDate;

  PackageInfoBuilder(String name, String version, String architecture) {
    this.name = name;
    this.version = version;
    this.architecture = architecture;
  }

  PackageInfoBuilder name(String text) {
    name = text;
    return this;
  }

  PackageInfoBuilder version(String text) {
    version = text;
    return this;
  }

  PackageInfoBuilder architecture(String text) {
    architecture = text;
    return this;
  }

  /** Sets the one-line description. */
  public PackageInfoBuilder description(String text) {
    description = text;
    return this;
  }

  /** Sets the project's page. */
  public PackageInfoBuilder url(String text) {
    url = text;
    return this;
  }

  /** Sets the SPDX licence expression. */
  public PackageInfoBuilder license(String text) {
    license = text;
    return this;
  }

  /** Sets the package whose recipe built it. */
  public PackageInfoBuilder origin(String text) {
    origin = text;
    return this;
  }

  /** Sets the maintainer. */
  public PackageInfoBuilder maintainer(String text) {
    maintainer = text;
    return this;
  }

  /** Sets who built it. */
  public PackageInfoBuilder packager(String text) {
    packager = text;
    return this;
  }

  /** Sets the recipe's commit. */
  public PackageInfoBuilder commit(String text) {
    commit = text;
    return this;
  }

  /** Adds dependencies, such as {@code so:libssl.so.3} or {@code !libfoo<2}. */
  public PackageInfoBuilder depends(String... dependencies) {
    return depends(Dependency.parseAll(String.join(" ", dependencies)));
  }

  /** Adds dependencies. */
  public PackageInfoBuilder depends(Collection<Dependency> dependencies) {
    depends.addAll(dependencies);
    return this;
  }

  /** Adds conditions under which the package is installed by itself. */
  public PackageInfoBuilder installIf(String... dependencies) {
    return installIf(Dependency.parseAll(String.join(" ", dependencies)));
  }

  /** Adds conditions under which the package is installed by itself. */
  public PackageInfoBuilder installIf(Collection<Dependency> dependencies) {
    installIf.addAll(dependencies);
    return this;
  }

  /** Adds names it answers to, such as {@code cmd:lua5.4=5.4.7-r0}. */
  public PackageInfoBuilder provides(String... dependencies) {
    return provides(Dependency.parseAll(String.join(" ", dependencies)));
  }

  /** Adds names it answers to. */
  public PackageInfoBuilder provides(Collection<Dependency> dependencies) {
    provides.addAll(dependencies);
    return this;
  }

  /** Adds packages whose files it may overwrite. */
  public PackageInfoBuilder replaces(String... dependencies) {
    return replaces(Dependency.parseAll(String.join(" ", dependencies)));
  }

  /** Adds packages whose files it may overwrite. */
  public PackageInfoBuilder replaces(Collection<Dependency> dependencies) {
    replaces.addAll(dependencies);
    return this;
  }

  /** Sets the priority among providers of an unversioned name. */
  public PackageInfoBuilder providerPriority(int priority) {
    providerPriority = priority;
    return this;
  }

  /** Sets the priority among packages that replace each other. */
  public PackageInfoBuilder replacesPriority(int priority) {
    replacesPriority = priority;
    return this;
  }

  /** Adds folders that the trigger script watches. */
  public PackageInfoBuilder triggers(String... folders) {
    triggers.addAll(Arrays.asList(folders));
    return this;
  }

  /** Sets the bytes on disk; left at 0, the writer counts them. */
  public PackageInfoBuilder installedSize(long bytes) {
    installedSize = bytes;
    return this;
  }

  /** Sets the build time, in seconds since 1970-01-01T00:00:00Z. */
  public PackageInfoBuilder buildDate(long seconds) {
    buildDate = seconds;
    return this;
  }

  /**
   * Returns the information.
   *
   * @throws FailureException if a name or the version is none ({@code bad-name})
   */
  public PackageInfo build() {
    return new PackageInfo(
        name,
        version,
        architecture,
        description,
        url,
        license,
        origin,
        maintainer,
        packager,
        commit,
        depends,
        installIf,
        provides,
        replaces,
        providerPriority,
        replacesPriority,
        triggers,
        installedSize,
        buildDate);
  }
}
