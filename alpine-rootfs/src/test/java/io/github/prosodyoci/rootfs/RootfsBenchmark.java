package io.github.prosodyoci.rootfs;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.AlpineFiles;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexReader;
import io.github.prosodyoci.packages.resolve.Repository;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.rootfs.install.InstallRequest;
import io.github.prosodyoci.rootfs.install.Installer;
import io.github.prosodyoci.rootfs.install.LayerSpec;
import io.github.prosodyoci.rootfs.install.Layout;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures for {@code it/benchmark-rootfs}: prints the median of some runs in milliseconds, after
 * as many to warm up, and the peak heap in megabytes.
 */
final class RootfsBenchmark {

  private static final List<Dependency> WORLD =
      List.of("alpine-base", "openssh", "chrony", "wpa_supplicant", "gnutls").stream()
          .map(Dependency::parse)
          .toList();

  /**
   * Left out of all: vlan conflicts with ifupdown-ng, and network-extras asks for it; the scripts
   * of tiny-cloud's two are not known.
   */
  private static final Set<String> APART =
      Set.of("vlan", "network-extras", "tiny-cloud-alpine", "tiny-cloud-nocloud");

  private RootfsBenchmark() {}

  /** What is measured. */
  private interface Task {
    void run() throws IOException;
  }

  /**
   * Arguments: {@code install|all|resolve}, the genuine repository, a work folder, runs; or {@code
   * repository}, to fetch the genuine repository and print its folder; or {@code world} and the
   * repository, to print the names of all packages that can be installed together.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("repository")) {
      System.out.println(AlpineFiles.repository());
      return;
    }
    Path alpine = Path.of(arguments[1]);
    if (arguments[0].equals("world")) {
      all(alpine).forEach(System.out::println);
      return;
    }
    Path work = Path.of(arguments[2]);
    int runs = Integer.parseInt(arguments[3]);
    Task task =
        switch (arguments[0]) {
          case "install" -> () -> install(alpine, work, WORLD, 53);
          case "all" -> {
            List<Dependency> world = all(alpine);
            yield () -> install(alpine, work, world, world.size());
          }
          default -> () -> resolve(alpine.resolve("index"), alpine.resolve("keys"));
        };
    for (int i = 0; i < runs - 1; i++) {
      task.run();
    }
    long[] times = new long[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      task.run();
      times[i] = System.nanoTime() - start;
    }
    Arrays.sort(times);
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum();
    System.out.println(times[runs / 2] / 1_000_000 + " " + (heap >> 20));
  }

  private static List<Dependency> all(Path alpine) throws IOException {
    return open(alpine).packages().entries().stream()
        .map(entry -> entry.info().name())
        .filter(name -> !APART.contains(name))
        .distinct()
        .sorted()
        .map(Dependency::parse)
        .toList();
  }

  private static PackageRepository open(Path alpine) throws IOException {
    TrustedKeys keys = TrustedKeys.read(alpine.resolve("keys")).withSha1Exception();
    return PackageRepository.open("alpine", "", alpine, Platform.LINUX_AMD64, keys);
  }

  private static void install(Path alpine, Path work, List<Dependency> world, int expected)
      throws IOException {
    InstallRequest request =
        new InstallRequest(
            Platform.LINUX_AMD64,
            List.of(open(alpine)),
            List.of(new LayerSpec("all", world, List.of())),
            Map.of(),
            Instant.EPOCH,
            Layout.AS_PACKAGED,
            Files.createDirectories(work),
            "1",
            true);
    int count = new Installer(line -> {}).install(request).report().packages().size();
    if (count != expected) {
      throw new IllegalStateException("Installed " + count + " packages, not " + expected);
    }
  }

  private static void resolve(Path indexes, Path keyFolder) throws IOException {
    TrustedKeys keys = TrustedKeys.read(keyFolder).withSha1Exception();
    List<Repository> repositories = new ArrayList<>();
    for (String name : List.of("main", "community")) {
      repositories.add(
          new Repository(
              name, "", IndexReader.read(indexes.resolve(name + ".APKINDEX.tar.gz"), keys)));
    }
    new Resolver(repositories).resolve(WORLD);
  }
}
