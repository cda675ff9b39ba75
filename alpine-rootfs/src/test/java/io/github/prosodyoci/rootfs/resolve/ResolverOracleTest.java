package io.github.prosodyoci.rootfs.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.rootfs.Alpine;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.index.IndexEntry;
import io.github.prosodyoci.rootfs.index.IndexReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our choice against that of apk itself, on the full indexes of a genuine release. */
class ResolverOracleTest {

  private static final Pattern INSTALLING =
      Pattern.compile("\\(\\d+/\\d+\\) Installing (\\S+) \\((\\S+)\\)");

  @TempDir Path folder;
  private Alpine.Tool apk;
  private List<Repository> repositories;

  @BeforeEach
  void unpackApk() throws IOException {
    apk = Alpine.Tool.unpack(folder.resolve("tool"));
    repositories = new ArrayList<>();
    for (String name : List.of("main", "community")) {
      Path index = folder.resolve(name).resolve("x86_64/APKINDEX.tar.gz");
      Files.createDirectories(index.getParent());
      Files.copy(Alpine.repository().resolve("index/" + name + ".APKINDEX.tar.gz"), index);
      repositories.add(new Repository(name, "", IndexReader.read(index, Alpine.keys())));
    }
    Path root = folder.resolve("root");
    for (String file : List.of("lib/apk/db/installed", "lib/apk/db/triggers", "etc/apk/world")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
  }

  private List<String> theirs(List<String> world) throws IOException {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "add",
                "--root",
                folder.resolve("root"),
                "--simulate",
                "--arch",
                "x86_64",
                "--keys-dir",
                Alpine.repository().resolve("keys"),
                "-X",
                folder.resolve("main"),
                "-X",
                folder.resolve("community")));
    arguments.addAll(world);
    Alpine.Result result = apk.run(arguments.toArray());
    if (result.status() != 0) {
      return List.of("impossible");
    }
    return INSTALLING
        .matcher(result.output())
        .results()
        .map(match -> match.group(1) + "-" + match.group(2))
        .toList();
  }

  private List<String> ours(List<String> world) {
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
      List<String> entries = List.of(world.split(" "));
      assertThat(ours(entries)).as(world).isEqualTo(theirs(entries));
    }
  }

  /** More worlds: {@code -Dworlds=2000}. Each takes apk about half a second. */
  @Test
  void resolve_worldsAtRandom_asApk() throws IOException {
    List<String> names =
        repositories.stream()
            .flatMap(repository -> repository.entries().stream())
            .map((IndexEntry entry) -> entry.info().name())
            .toList();
    Random random = new Random(Integer.getInteger("seed", 7));
    int worlds = Integer.getInteger("worlds", 5);
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < worlds; i++) {
      List<String> world =
          Stream.generate(() -> names.get(random.nextInt(names.size())))
              .limit(1 + random.nextInt(6))
              .distinct()
              .toList();
      List<String> ours = ours(world);
      List<String> theirs = theirs(world);
      if (!ours.equals(theirs)) {
        List<String> more = new ArrayList<>(ours);
        more.removeAll(theirs);
        List<String> less = new ArrayList<>(theirs);
        less.removeAll(ours);
        differing.add(world + ": we alone " + more + ", apk alone " + less);
      }
    }
    assertThat(differing).as("of %d worlds", worlds).isEmpty();
  }
}
