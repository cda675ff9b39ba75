package io.github.prosodyoci.rootfs.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.rootfs.Alpine;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.apk.RawApk;
import io.github.prosodyoci.rootfs.apk.RawTar;
import io.github.prosodyoci.rootfs.index.IndexEntry;
import io.github.prosodyoci.rootfs.index.IndexFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
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
    List<Repository> one = List.of(SmallWorlds.repository("", "a 1 |D:so:libx.so.1"));
    assertAsApk(one, "a", "impossible");
    assertAsApk(
        List.of(SmallWorlds.repository("", "a 1 |D:so:libx.so.1", "x 1 |p:so:libx.so.1=1")),
        "a",
        "x-1",
        "a-1");
  }

  @Test
  void versionedProvider_isOneOfTheName() throws IOException {
    List<Repository> one =
        List.of(
            SmallWorlds.repository(
                "", "a 1 |D:v", "a2 1 |D:v>1", "x 1 |p:v=1", "y 1 |p:v=2", "z 1 |p:v"));
    assertAsApk(one, "a", "y-1", "a-1");
    assertAsApk(one, "a2", "y-1", "a2-1");
    assertAsApk(one, "a z", "z-1", "a-1");
    assertAsApk(one, "x y", "impossible");
  }

  @Test
  void unversionedProviders_needAPriorityOrAName() throws IOException {
    List<Repository> none = List.of(SmallWorlds.repository("", "a 1 |D:v", "x 1 |p:v", "y 1 |p:v"));
    assertAsApk(none, "a", "impossible");
    assertAsApk(none, "a y", "y-1", "a-1");
    assertAsApk(none, "a x y", "y-1", "a-1", "x-1");
    assertAsApk(
        List.of(SmallWorlds.repository("", "a 1 |D:v", "x 1 |p:v |k:5", "y 1 |p:v |k:10")),
        "a",
        "y-1",
        "a-1");
    assertAsApk(List.of(SmallWorlds.repository("", "a 1 |D:v", "x 1 |p:v")), "a", "impossible");
  }

  @Test
  void conflicts_keepPackagesApart() throws IOException {
    List<Repository> one =
        List.of(SmallWorlds.repository("", "a 1 |D:!b", "b 1", "b 2", "c 1 |D:!b>1 b", "d 1 |D:b"));
    assertAsApk(one, "a b", "impossible");
    assertAsApk(one, "a !b", "a-1");
    assertAsApk(one, "c", "b-1", "c-1");
    assertAsApk(one, "d !b", "impossible");
    assertAsApk(one, "d b<2", "b-1", "d-1");
  }

  @Test
  void cycle_isInstalled() throws IOException {
    assertAsApk(
        List.of(SmallWorlds.repository("", "a 1 |D:b", "b 1 |D:c", "c 1 |D:a")),
        "a",
        "c-1",
        "b-1",
        "a-1");
  }

  @Test
  void installIf_followsWhenAllAreThere() throws IOException {
    List<Repository> one =
        List.of(
            SmallWorlds.repository(
                "", "a 1", "b 1", "a-b 1 |i:a=1 b", "docs 1", "a-doc 1 |i:docs a=1"));
    assertAsApk(one, "a", "a-1");
    assertAsApk(one, "a b", "a-1", "b-1", "a-b-1");
    assertAsApk(one, "a docs", "a-1", "docs-1", "a-doc-1");
    assertAsApk(one, "a b !a-b", "a-1", "b-1");
  }

  @Test
  void tags_pinRepositories() throws IOException {
    List<Repository> two =
        List.of(
            SmallWorlds.repository("", "a 1 |D:b", "b 1"),
            SmallWorlds.repository("edge", "a 2 |D:b", "b 2", "e 1"));
    assertAsApk(two, "a", "b-1", "a-1");
    assertAsApk(two, "a@edge", "b-1", "a-2");
    assertAsApk(two, "a@edge b@edge", "b-2", "a-2");
    assertAsApk(two, "e", "impossible");
    assertAsApk(two, "e@edge", "e-1");
  }

  @Test
  void severalRepositories_newestWinsThenTheFirst() throws IOException {
    List<Repository> two =
        List.of(
            SmallWorlds.repository("", "a 1", "b 2"),
            SmallWorlds.repository("", "a 2", "b 2 |k:0", "c 1"));
    assertAsApk(two, "a", "a-2");
    assertAsApk(two, "b c", "b-2", "c-1");
  }

  @Test
  void fuzzyAndChecksum_selectVersions() throws IOException {
    List<Repository> one =
        List.of(SmallWorlds.repository("", "a 1.2.3", "a 1.2.9", "a 1.3", "a 2"));
    assertAsApk(one, "a~1.2", "a-1.2.9");
    assertAsApk(one, "a<~1.2", "a-1.2.9");
    assertAsApk(one, "a>~1.2", "a-2");
    assertAsApk(one, "a<1.2", "impossible");
    assertAsApk(one, "a><" + one.get(0).entries().get(0).identity(), "a-1.2.3");
  }

  @Test
  void namesOfTheWorld_areDecidedBeforeOthers() throws IOException {
    String[] providers = {"d 1 |p:w=1", "f 2 |p:w=1", "f 1"};
    List<Repository> one = List.of(SmallWorlds.repository("", with(providers, "g 1 |D:f")));
    assertAsApk(one, "g w", "f-1", "g-1", "d-1");
    List<Repository> two = List.of(SmallWorlds.repository("", with(providers, "g 1 |D:f w")));
    assertAsApk(two, "g", "f-2", "g-1");
  }

  @Test
  void namesOfTheWorld_areInstalledInTheirOrderButForCase() throws IOException {
    assertAsApk(
        List.of(SmallWorlds.repository("", "R 1", "Zz 1", "_z 1", "a-b 1", "aB 1", "aa 1", "zz 1")),
        "zz Zz aB aa a-b _z R",
        "_z-1",
        "a-b-1",
        "aa-1",
        "aB-1",
        "R-1",
        "Zz-1",
        "zz-1");
  }

  private static String[] with(String[] packages, String another) {
    String[] all = java.util.Arrays.copyOf(packages, packages.length + 1);
    all[packages.length] = another;
    return all;
  }

  @Test
  void nameThatNobodyHas_doesNotLeadToWhatIsInstalledWithIt() throws IOException {
    // Nobody has a: h is found by itself, and so with another depth than if a had led to it.
    assertAsApk(
        List.of(
            SmallWorlds.repository(
                "",
                "b 3 |p:w=1 |i:a=1 b",
                "d 3 |D:h d",
                "g 1 |D:a |p:w=3",
                "g 2 |p:v",
                "g 3 |D:e |p:w=1 |k:3",
                "h 1 |i:d=2 a",
                "h 3 |D:d=3 |p:w |k:1")),
        "!e g h",
        "g-2",
        "d-3",
        "h-3");
  }

  /** More: {@code -DsmallWorlds=20000 -Dseed=…}. */
  @Test
  void worldsAtRandom_asApk() throws IOException {
    Random random = new Random(Integer.getInteger("seed", 11));
    int worlds = Integer.getInteger("smallWorlds", 200);
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < worlds; i++) {
      List<Repository> repositories = SmallWorlds.repositories(random);
      List<String> world = SmallWorlds.world(random);
      if (differs(repositories, world)) {
        differing.add(smallest(repositories, world));
      }
    }
    assertThat(differing).as("of %d worlds", worlds).isEmpty();
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
      repository.entries().forEach(entry -> text.append(SmallWorlds.shown(entry)).append('\n'));
    }
    return text.toString();
  }
}
