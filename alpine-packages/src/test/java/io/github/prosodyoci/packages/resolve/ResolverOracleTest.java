package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.index.IndexReader;
import io.github.prosodyoci.packages.resolve.ApkComparison.Compared;
import io.github.prosodyoci.packages.resolve.ApkComparison.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our choice against that of apk itself, on the full indexes of a genuine release. */
@Tag("slow")
class ResolverOracleTest {

  @TempDir Path folder;
  private ApkComparison apk;
  private final List<Repository> repositories = new ArrayList<>();
  private final List<Object> options = new ArrayList<>();

  @BeforeEach
  void openRepositories() throws IOException {
    apk = new ApkComparison(folder);
    options.addAll(List.of("--keys-dir", Alpine.repository().resolve("keys")));
    for (String name : List.of("main", "community")) {
      Path index = folder.resolve(name).resolve("x86_64/APKINDEX.tar.gz");
      Files.createDirectories(index.getParent());
      Files.copy(Alpine.repository().resolve("index/" + name + ".APKINDEX.tar.gz"), index);
      repositories.add(new Repository(name, "", IndexReader.read(index, Alpine.keys())));
      options.addAll(List.of("-X", folder.resolve(name)));
    }
  }

  private Compared compare(List<String> world) throws IOException {
    return apk.compare(repositories, options, world);
  }

  @Test
  void resolve_chosenWorlds_asApk() throws IOException {
    for (String world :
        List.of(
            "prosody lua5.4-sec",
            "alpine-base openssh",
            "alpine-base openssh chrony wpa_supplicant gnutls",
            "so:libssl.so.3 cmd:lua5.4",
            "busybox !busybox-binsh",
            "nginx<1.0",
            "musl~1.2.4 zlib>=1.3",
            "no-such-package",
            "bash bash-doc man-pages docs",
            "build-base python3 py3-pip",
            "kdevelop")) {
      Compared compared = compare(List.of(world.split(" ")));
      assertThat(compared.outcome()).as(compared.toString()).isEqualTo(Outcome.EQUAL);
      assertThat(compared.accepted()).as(compared.toString()).isTrue();
    }
  }

  /**
   * More worlds, at about half a second each: {@code mvn -pl alpine-packages -am verify
   * -Dtest=ResolverOracleTest -Dsurefire.failIfNoSpecifiedTests=false -Dworlds=2000 -Dseed=7}.
   */
  @Test
  void resolve_worldsAtRandom_acceptedByApkAndMostlyItsChoice() throws IOException {
    GenuineWorlds random = new GenuineWorlds(repositories, Integer.getInteger("seed", 7));
    int worlds = Integer.getInteger("worlds", 8);
    int chosen = 0;
    List<String> unequal = new ArrayList<>();
    for (int i = 0; i < worlds; i++) {
      Compared compared = compare(random.next());
      assertThat(compared.accepted()).as(compared.toString()).isTrue();
      assertThat(compared.outcome()).as(compared.toString()).isNotEqualTo(Outcome.ONLY_APK);
      chosen += compared.ours().isPresent() ? 1 : 0;
      if (compared.outcome() != Outcome.EQUAL) {
        unequal.add(compared.toString());
      }
    }
    System.out.printf(
        "%d worlds: %d with a solution, %d not as apk:%n%s%n",
        worlds, chosen, unequal.size(), String.join("\n", unequal));
    assertThat(chosen).as("worlds with a solution").isGreaterThan(worlds / 2);
    assertThat(unequal.size()).as(unequal.toString()).isLessThanOrEqualTo(worlds * 3 / 100);
  }
}
