package io.github.prosodyoci.rootfs.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.rootfs.Alpine;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.apk.Checksums;
import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.apk.PackageInfo;
import io.github.prosodyoci.rootfs.apk.RawApk;
import io.github.prosodyoci.rootfs.apk.RawTar;
import io.github.prosodyoci.rootfs.index.IndexEntry;
import io.github.prosodyoci.rootfs.index.IndexFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small repositories made for one question each, or at random: we choose what apk chooses. */
class SmallWorldsTest {

  private static final Pattern INSTALLING =
      Pattern.compile("\\([0-9]+/[0-9]+\\) Installing ([^ @]+)(?:@\\S+)? \\((.+)\\)");

  @TempDir Path folder;
  private Alpine.Tool apk;

  @BeforeEach
  void unpackApk() throws IOException {
    apk = Alpine.Tool.unpack(folder.resolve("tool"));
    Path root = folder.resolve("root");
    for (String file : List.of("lib/apk/db/installed", "lib/apk/db/triggers", "etc/apk/world")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
  }

  /** A package as a test writes it: {@code name version | D:… p:… i:… k:… q}. */
  private static IndexEntry entry(String text) {
    String[] parts = text.strip().split("\\s*\\|\\s*", -1);
    String[] nameVersion = parts[0].split(" ", -1);
    PackageInfo.Builder builder =
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

  private static Repository repository(String tag, String... packages) {
    return new Repository(
        "r" + tag, tag, java.util.Arrays.stream(packages).map(SmallWorldsTest::entry).toList());
  }

  private List<String> theirs(List<Repository> repositories, List<String> world)
      throws IOException {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < repositories.size(); i++) {
      Repository repository = repositories.get(i);
      StringBuilder text = new StringBuilder();
      repository.entries().forEach(entry -> IndexFields.write(text, entry).append('\n'));
      Path index = folder.resolve("repository" + i + "/x86_64/APKINDEX.tar.gz");
      Files.createDirectories(index.getParent());
      Files.write(
          index,
          RawApk.gzip(
              new RawTar().file("DESCRIPTION", "").file("APKINDEX", text.toString()).end()));
      list.append(repository.tag().isEmpty() ? "" : "@" + repository.tag() + " ")
          .append(folder.resolve("repository" + i))
          .append('\n');
    }
    Path file = Files.writeString(folder.resolve("repositories"), list);
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "add",
                "--root",
                folder.resolve("root"),
                "--simulate",
                "--allow-untrusted",
                "--arch",
                "x86_64",
                "--repositories-file",
                file));
    arguments.addAll(world);
    Alpine.Result result = apk.run(arguments.toArray());
    if (result.status() != 0) {
      assertThat(result.output())
          .containsAnyOf("unable to select packages", "missing repository tags");
      return List.of("impossible");
    }
    return INSTALLING
        .matcher(result.output())
        .results()
        .map(match -> match.group(1) + "-" + match.group(2))
        .toList();
  }

  private static List<String> ours(List<Repository> repositories, List<String> world) {
    try {
      return new Resolver(repositories)
          .resolve(world.stream().map(Dependency::parse).toList()).packages().stream()
              .map(selected -> selected.entry().info().nameVersion())
              .toList();
    } catch (RootfsException e) {
      assertThat(e.code()).isEqualTo(RootfsException.Code.UNSATISFIABLE);
      return List.of("impossible");
    }
  }

  private void assertAsApk(List<Repository> repositories, String world, String... expected)
      throws IOException {
    List<String> entries = List.of(world.split(" ", -1));
    List<String> theirs = theirs(repositories, entries);
    assertThat(ours(repositories, entries)).as(world).isEqualTo(theirs);
    assertThat(theirs).as(world).containsExactly(expected);
  }

  @Test
  void sonameThatNobodyHas_isImpossible() throws IOException {
    List<Repository> one = List.of(repository("", "a 1 |D:so:libx.so.1"));
    assertAsApk(one, "a", "impossible");
    assertAsApk(
        List.of(repository("", "a 1 |D:so:libx.so.1", "x 1 |p:so:libx.so.1=1")), "a", "x-1", "a-1");
  }

  @Test
  void versionedProvider_isOneOfTheName() throws IOException {
    List<Repository> one =
        List.of(repository("", "a 1 |D:v", "a2 1 |D:v>1", "x 1 |p:v=1", "y 1 |p:v=2", "z 1 |p:v"));
    assertAsApk(one, "a", "y-1", "a-1");
    assertAsApk(one, "a2", "y-1", "a2-1");
    assertAsApk(one, "a z", "z-1", "a-1");
    assertAsApk(one, "x y", "impossible");
  }

  @Test
  void unversionedProviders_needAPriorityOrAName() throws IOException {
    List<Repository> none = List.of(repository("", "a 1 |D:v", "x 1 |p:v", "y 1 |p:v"));
    assertAsApk(none, "a", "impossible");
    assertAsApk(none, "a y", "y-1", "a-1");
    assertAsApk(none, "a x y", "y-1", "a-1", "x-1");
    assertAsApk(
        List.of(repository("", "a 1 |D:v", "x 1 |p:v |k:5", "y 1 |p:v |k:10")), "a", "y-1", "a-1");
    assertAsApk(List.of(repository("", "a 1 |D:v", "x 1 |p:v")), "a", "impossible");
  }

  @Test
  void conflicts_keepPackagesApart() throws IOException {
    List<Repository> one =
        List.of(repository("", "a 1 |D:!b", "b 1", "b 2", "c 1 |D:!b>1 b", "d 1 |D:b"));
    assertAsApk(one, "a b", "impossible");
    assertAsApk(one, "a !b", "a-1");
    assertAsApk(one, "c", "b-1", "c-1");
    assertAsApk(one, "d !b", "impossible");
    assertAsApk(one, "d b<2", "b-1", "d-1");
  }

  @Test
  void cycle_isInstalled() throws IOException {
    assertAsApk(
        List.of(repository("", "a 1 |D:b", "b 1 |D:c", "c 1 |D:a")), "a", "c-1", "b-1", "a-1");
  }

  @Test
  void installIf_followsWhenAllAreThere() throws IOException {
    List<Repository> one =
        List.of(repository("", "a 1", "b 1", "a-b 1 |i:a=1 b", "docs 1", "a-doc 1 |i:docs a=1"));
    assertAsApk(one, "a", "a-1");
    assertAsApk(one, "a b", "a-1", "b-1", "a-b-1");
    assertAsApk(one, "a docs", "a-1", "docs-1", "a-doc-1");
    assertAsApk(one, "a b !a-b", "a-1", "b-1");
  }

  @Test
  void tags_pinRepositories() throws IOException {
    List<Repository> two =
        List.of(repository("", "a 1 |D:b", "b 1"), repository("edge", "a 2 |D:b", "b 2", "e 1"));
    assertAsApk(two, "a", "b-1", "a-1");
    assertAsApk(two, "a@edge", "b-1", "a-2");
    assertAsApk(two, "a@edge b@edge", "b-2", "a-2");
    assertAsApk(two, "e", "impossible");
    assertAsApk(two, "e@edge", "e-1");
  }

  @Test
  void severalRepositories_newestWinsThenTheFirst() throws IOException {
    List<Repository> two =
        List.of(repository("", "a 1", "b 2"), repository("", "a 2", "b 2 |k:0", "c 1"));
    assertAsApk(two, "a", "a-2");
    assertAsApk(two, "b c", "b-2", "c-1");
  }

  @Test
  void fuzzyAndChecksum_selectVersions() throws IOException {
    List<Repository> one = List.of(repository("", "a 1.2.3", "a 1.2.9", "a 1.3", "a 2"));
    assertAsApk(one, "a~1.2", "a-1.2.9");
    assertAsApk(one, "a<~1.2", "a-1.2.9");
    assertAsApk(one, "a>~1.2", "a-2");
    assertAsApk(one, "a<1.2", "impossible");
    assertAsApk(one, "a><" + one.get(0).entries().get(0).identity(), "a-1.2.3");
  }

  /** More: {@code -DsmallWorlds=20000 -Dseed=…}. */
  @Test
  void worldsAtRandom_asApk() throws IOException {
    Random random = new Random(Integer.getInteger("seed", 11));
    int worlds = Integer.getInteger("smallWorlds", 200);
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < worlds; i++) {
      List<Repository> repositories = randomRepositories(random);
      List<String> world = randomWorld(random);
      if (differs(repositories, world)) {
        differing.add(smallest(repositories, world));
      }
    }
    // Why some differ: docs/resolver.md.
    assertThat(differing).as("of %d worlds", worlds).hasSizeLessThanOrEqualTo(worlds / 200);
  }

  private boolean differs(List<Repository> repositories, List<String> world) throws IOException {
    return !ours(repositories, world).equals(theirs(repositories, world));
  }

  /** Returns what is left of a case, in words, when all is taken away that it does not need. */
  private String smallest(List<Repository> repositories, List<String> world) throws IOException {
    List<Repository> least = new ArrayList<>(repositories);
    for (int i = 0; i < least.size(); i++) {
      Repository whole = least.get(i);
      for (IndexEntry entry : whole.entries()) {
        Repository before = least.get(i);
        List<IndexEntry> entries = new ArrayList<>(before.entries());
        entries.remove(entry);
        least.set(i, new Repository(before.location(), before.tag(), entries));
        if (!differs(least, world)) {
          least.set(i, before);
        }
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(world).append(": we ").append(ours(least, world));
    text.append(", apk ").append(theirs(least, world)).append('\n');
    for (Repository repository : least) {
      text.append("  @").append(repository.tag()).append('\n');
      repository.entries().forEach(entry -> text.append(shown(entry)).append('\n'));
    }
    return text.toString();
  }

  private static String shown(IndexEntry entry) {
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

  private static List<Repository> randomRepositories(Random random) {
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
  private static List<String> randomWorld(Random random) {
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
