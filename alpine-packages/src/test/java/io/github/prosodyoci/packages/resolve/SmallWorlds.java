package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Makes small repositories, as a test writes them or at random, and worlds that ask for them. */
final class SmallWorlds {

  private SmallWorlds() {}

  /** A package as a test writes it: {@code name version | D:… p:… i:… k:… q}. */
  static IndexEntry entry(String text) {
    String[] parts = text.strip().split("\\s*\\|\\s*", -1);
    String[] nameVersion = parts[0].split(" ", -1);
    PackageInfoBuilder builder =
        PackageInfo.builder(nameVersion[0], nameVersion[1], "x86_64").installedSize(1);
    for (int i = 1; i < parts.length; i++) {
      String[] values = parts[i].substring(2).split(" ", -1);
      switch (parts[i].charAt(0)) {
        case 'D' -> builder.depends(values);
        case 'p' -> builder.provides(values);
        case 'i' -> builder.installIf(values);
        case 'k' -> builder.providerPriority(Integer.parseInt(values[0]));
        default -> throw new IllegalArgumentException(text);
      }
    }
    return new IndexEntry(
        builder.build(), Checksums.q1(text.getBytes(StandardCharsets.UTF_8)), 1, true);
  }

  static Repository repository(String tag, String... packages) {
    return new Repository("r" + tag, tag, Arrays.stream(packages).map(SmallWorlds::entry).toList());
  }

  static String shown(IndexEntry entry) {
    PackageInfo info = entry.info();
    return "    %s %s D:%s p:%s i:%s k:%d"
        .formatted(
            info.name(),
            info.version(),
            Dependency.join(info.depends()),
            Dependency.join(info.provides()),
            Dependency.join(info.installIf()),
            info.providerPriority());
  }

  /** Returns one to three repositories, some with the tag edge, of some of eight names. */
  static List<Repository> repositories(Random random) {
    List<Repository> repositories = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      List<IndexEntry> entries = new ArrayList<>();
      for (char name = 'a'; name < 'i'; name++) {
        for (int version = 1; version <= 3; version++) {
          if (random.nextInt(count + 1) == 0) {
            entries.add(entry(randomPackage(random, name, version)));
          }
        }
      }
      repositories.add(
          new Repository("r" + i, i > 0 && random.nextBoolean() ? "edge" : "", entries));
    }
    return repositories;
  }

  private static String randomPackage(Random random, char name, int version) {
    StringBuilder text = new StringBuilder().append(name).append(' ').append(version);
    List<String> depends =
        IntStream.range(0, random.nextInt(3)).mapToObj(i -> randomDemand(random, 5)).toList();
    if (!depends.isEmpty()) {
      text.append(" |D:").append(String.join(" ", depends));
    }
    if (random.nextInt(4) == 0) {
      text.append(" |p:").append(random.nextBoolean() ? 'v' : 'w');
      if (random.nextBoolean()) {
        text.append('=').append(1 + random.nextInt(3));
      }
      if (random.nextInt(3) == 0) {
        text.append(" |k:").append(1 + random.nextInt(3));
      }
    }
    if (random.nextInt(8) == 0) {
      text.append(" |i:")
          .append((char) ('a' + random.nextInt(8)))
          .append('=')
          .append(1 + random.nextInt(3))
          .append(' ')
          .append((char) ('a' + random.nextInt(8)));
    }
    return text.toString();
  }

  private static String randomDemand(Random random, int oneConflictIn) {
    String name = List.of("a", "b", "c", "d", "e", "f", "g", "h", "v", "w").get(random.nextInt(10));
    String operator =
        random.nextInt(3) > 0
            ? ""
            : List.of("=", "<", ">", "<=", ">=", "~", "<~", ">~").get(random.nextInt(8))
                + (1 + random.nextInt(3));
    return (random.nextInt(oneConflictIn) == 0 ? "!" : "") + name + operator;
  }

  /** Names stand once in a world, as they do for apk. */
  static List<String> world(Random random) {
    Map<String, String> world = new TreeMap<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      String demand = randomDemand(random, 8);
      boolean tagged = !demand.startsWith("!") && random.nextInt(8) == 0;
      world.put(
          Dependency.parse(demand).name(),
          tagged ? demand.substring(0, 1) + "@edge" + demand.substring(1) : demand);
    }
    return List.copyOf(world.values());
  }
}
