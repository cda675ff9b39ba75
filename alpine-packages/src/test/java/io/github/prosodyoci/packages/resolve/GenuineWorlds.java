package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes worlds at random from genuine repositories. */
final class GenuineWorlds {

  private final List<PackageInfo> packages;
  private final Random random;

  GenuineWorlds(List<Repository> repositories, long seed) {
    this.packages =
        repositories.stream()
            .flatMap(repository -> repository.entries().stream())
            .map(entry -> entry.info())
            .toList();
    this.random = new Random(seed);
  }

  /**
   * Returns one to six entries, a quarter of them with a version, a provided name or a conflict.
   */
  List<String> next() {
    Map<String, String> world = new TreeMap<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      String entry = entry(packages.get(random.nextInt(packages.size())));
      world.put(Dependency.parse(entry).name(), entry);
    }
    return List.copyOf(world.values());
  }

  private String entry(PackageInfo info) {
    if (random.nextInt(4) > 0) {
      return info.name();
    }
    return switch (random.nextInt(4)) {
      case 0 ->
          info.name()
              + List.of("=", "<", ">", "<=", ">=", "~").get(random.nextInt(6))
              + info.version();
      case 1 -> "!" + info.name();
      default ->
          info.provides().isEmpty()
              ? info.name()
              : info.provides().get(random.nextInt(info.provides().size())).name();
    };
  }
}
