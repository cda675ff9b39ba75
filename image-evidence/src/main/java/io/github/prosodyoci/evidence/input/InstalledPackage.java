package io.github.prosodyoci.evidence.input;

import java.util.List;

/**
 * An installed package, as the image's own database lists it.
 *
 * @param name its name
 * @param version its version, such as {@code 1.2.5-r1}
 * @param architecture such as {@code x86_64}
 * @param description one line
 * @param url the project's page
 * @param license an SPDX expression, usually
 * @param origin the recipe that it was built from
 * @param dependencies what it needs: names and {@code so:} entries, with constraints
 * @param provides what it provides beside its name
 * @param files the paths of its files, without a slash at the start
 */
public record InstalledPackage(
    String name,
    String version,
    String architecture,
    String description,
    String url,
    String license,
    String origin,
    List<String> dependencies,
    List<String> provides,
    List<String> files) {

  /** Copies the lists. */
  public InstalledPackage {
    dependencies = List.copyOf(dependencies);
    provides = List.copyOf(provides);
    files = List.copyOf(files);
  }

  /** Returns name and version, as layers list them: {@code musl-1.2.5-r1}. */
  public String nameAndVersion() {
    return name + "-" + version;
  }
}
