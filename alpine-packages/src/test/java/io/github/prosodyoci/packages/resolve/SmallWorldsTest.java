package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.index.IndexFields;
import io.github.prosodyoci.packages.resolve.ApkComparison.Compared;
import io.github.prosodyoci.packages.resolve.ApkComparison.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small repositories made for one question each, or at random, put to us and to apk. */
@Tag("slow")
class SmallWorldsTest {

  @TempDir Path folder;
  private ApkComparison apk;

  @BeforeEach
  void unpackApk() throws IOException {
    apk = new ApkComparison(folder);
  }

  private Compared compare(List<Repository> repositories, List<String> world) throws IOException {
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
    return apk.compare(
        repositories, List.of("--allow-untrusted", "--repositories-file", file), world);
  }

  /** Asserts what both choose: names with versions, or nothing for an impossible world. */
  private void assertAsApk(List<Repository> repositories, String world, String... expected)
      throws IOException {
    Compared compared = compare(repositories, List.of(world.split(" ", -1)));
    Optional<Set<String>> packages =
        expected[0].equals("impossible") ? Optional.empty() : Optional.of(Set.of(expected));
    assertThat(compared.ours()).as(world).isEqualTo(packages);
    assertThat(compared.theirs()).as(world).isEqualTo(packages);
    assertThat(compared.accepted()).as(world).isTrue();
  }

  /** Asserts a choice of ours that apk accepts, but does not find or prefer. */
  private void assertOnlyWe(
      List<Repository> repositories, String world, Outcome outcome, String... expected)
      throws IOException {
    Compared compared = compare(repositories, List.of(world.split(" ", -1)));
    assertThat(compared.ours()).as(world).contains(Set.of(expected));
    assertThat(compared.outcome()).as(world).isEqualTo(outcome);
    assertThat(compared.accepted()).as(world).isTrue();
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
  void providedName_isLeftToWhatIsNeededAnyway() throws IOException {
    List<Repository> one =
        List.of(SmallWorlds.repository("", "d 1 |p:w=1", "f 2 |p:w=1", "f 1", "g 1 |D:f"));
    // For w apk takes d, so that the newest f no longer fits.
    assertOnlyWe(one, "g w", Outcome.DIFFERENT, "f-2", "g-1");
    assertAsApk(one, "d g", "d-1", "f-1", "g-1");
  }

  @Test
  void newestVersionThatCannotBeInstalled_isPassedOver() throws IOException {
    List<Repository> one =
        List.of(SmallWorlds.repository("", "a 1", "a 2 |D:b", "b 1 |D:none", "c 1 |D:a"));
    assertOnlyWe(one, "c", Outcome.ONLY_WE, "a-1", "c-1");
    assertAsApk(one, "a=2", "impossible");
  }

  @Test
  void versionedAndUnversionedProvider_excludeEachOther() throws IOException {
    List<Repository> one = List.of(SmallWorlds.repository("", "x 1 |p:v=1", "z 1 |p:v", "v 1"));
    assertAsApk(one, "x z", "impossible");
    assertAsApk(one, "z v", "z-1");
    assertAsApk(one, "v=1 z", "impossible");
  }

  @Test
  void packageThatClaimsANameTwice_isNeverInstalled() throws IOException {
    for (String twice : List.of("a 1 |p:a=3", "a 1 |p:v=1 v=2", "a 1 |p:v v=1", "a 1 |D:!a")) {
      assertAsApk(List.of(SmallWorlds.repository("", twice)), "a", "impossible");
    }
  }

  @Test
  void priority_decidesAmongUnversionedProviders() throws IOException {
    List<Repository> one =
        List.of(
            SmallWorlds.repository(
                "", "a 1 |p:v |k:1", "b 1 |p:v=1", "c 1 |p:w=2 |k:1", "d 1 |p:w=1 |k:2"));
    assertAsApk(one, "v", "a-1");
    assertAsApk(one, "w", "c-1");
  }

  @Test
  void unversionedProviders_thatAskForEachOther_comeIfNothingElseDoes() throws IOException {
    // y and z ask for each other by name; nothing else asks for either.
    List<Repository> one =
        List.of(SmallWorlds.repository("", "a 1 |D:v", "y 1 |p:v |D:z", "z 1 |D:y", "m 1 |D:z"));
    assertAsApk(one, "a", "a-1", "y-1", "z-1");
    assertAsApk(one, "a m", "a-1", "m-1", "y-1", "z-1");
  }

  @Test
  void providerThatALaterRequirementNeeds_isFound() throws IOException {
    // Only q2 leads to p, and v needs that.
    assertOnlyWe(
        List.of(
            SmallWorlds.repository(
                "", "a 1 |D:w v", "p 1 |p:v", "q1 1 |p:w=2", "q2 1 |p:w=1 |D:p")),
        "a",
        Outcome.ONLY_WE,
        "a-1",
        "p-1",
        "q2-1");
  }

  @Test
  void tag_opensItsRepositoryToWhatTheEntryNeedsOnly() throws IOException {
    List<Repository> needed =
        List.of(
            SmallWorlds.repository("", "a 3", "x 1 |D:c"),
            SmallWorlds.repository("edge", "a 2 |D:c", "c 1"));
    assertAsApk(needed, "a@edge x", "a-2", "c-1", "x-1");
    List<Repository> apart =
        List.of(
            SmallWorlds.repository("", "a 3", "x 1 |D:c"),
            SmallWorlds.repository("edge", "a 2", "c 1"));
    assertAsApk(apart, "a@edge x", "impossible");
  }

  @Test
  void installIfThatCollides_staysAway() throws IOException {
    List<Repository> one =
        List.of(
            SmallWorlds.repository(
                "", "a 1", "b 1", "c 1 |i:a b |D:!a", "d 1", "e 1 |i:b d |D:none"));
    assertAsApk(one, "a b", "a-1", "b-1");
    // apk takes e for granted, and gives up.
    Compared compared = compare(one, List.of("b", "d"));
    assertThat(compared.ours()).contains(Set.of("b-1", "d-1"));
    assertThat(compared.theirs()).isEmpty();
    assertThat(compare(one, List.of("b", "d", "!e")).theirs()).contains(Set.of("b-1", "d-1"));
  }

  @Test
  void providersByVersionAndPriority_inAMixedWorld() throws IOException {
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
  void worldsAtRandom_acceptedByApkAndMostlyItsChoice() throws IOException {
    Random random = new Random(Integer.getInteger("seed", 11));
    int worlds = Integer.getInteger("smallWorlds", 200);
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    int chosen = 0;
    for (int i = 0; i < worlds; i++) {
      List<Repository> repositories = SmallWorlds.repositories(random);
      Compared compared = compare(repositories, SmallWorlds.world(random));
      outcomes.merge(compared.outcome(), 1, Integer::sum);
      chosen += compared.ours().isPresent() ? 1 : 0;
      assertThat(compared.outcome())
          .as("%s%n%s", compared, shown(repositories))
          .isNotEqualTo(Outcome.ONLY_APK);
      assertThat(compared.accepted()).as("%s%n%s", compared, shown(repositories)).isTrue();
    }
    System.out.printf("%d small worlds: %s%n", worlds, outcomes);
    assertThat(chosen).as("worlds with a solution").isGreaterThan(worlds / 4);
    assertThat(outcomes.getOrDefault(Outcome.EQUAL, 0)).isGreaterThan(worlds * 80 / 100);
    assertThat(outcomes.getOrDefault(Outcome.DIFFERENT, 0)).isLessThan(worlds * 3 / 100 + 1);
  }

  private static String shown(List<Repository> repositories) {
    StringBuilder text = new StringBuilder();
    for (Repository repository : repositories) {
      text.append("  @").append(repository.tag()).append('\n');
      repository.entries().forEach(entry -> text.append(SmallWorlds.shown(entry)).append('\n'));
    }
    return text.toString();
  }
}
