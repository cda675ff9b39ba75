package io.github.prosodyoci.packages.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.maven.Goal;
import io.github.prosodyoci.maven.GoalFixture;
import io.github.prosodyoci.packages.StaticServer;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.packages.lock.Lock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
class PackageGoalsTest {

  @TempDir private Path folder;
  private GoalFixture maven;

  @BeforeEach
  void prepare() {
    maven = new GoalFixture(folder);
  }

  static Stream<Map.Entry<String, Goal>> goals() {
    return Stream.of(
        Map.entry("alpine-packages:lock", new LockMojo()),
        Map.entry("alpine-packages:why", new WhyMojo()),
        Map.entry("alpine-packages:repository", new RepositoryMojo()));
  }

  @ParameterizedTest
  @MethodSource("goals")
  void execute_skipped_doesNothingAndSaysSo(Map.Entry<String, Goal> each) throws Exception {
    Goal goal = maven.prepare(each.getValue(), each.getKey());
    set(goal, "skip", true);

    goal.execute();

    assertThat(maven.info)
        .containsExactly("Skipping " + each.getKey() + " (prosodyoci.packages.skip)");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("goals")
  void execute_allGoalsSkipped_doesNothingAndSaysSo(Map.Entry<String, Goal> each) throws Exception {
    Goal goal = maven.prepare(each.getValue(), each.getKey());
    set(goal, "skipAll", true);

    goal.execute();

    assertThat(maven.info).containsExactly("Skipping " + each.getKey() + " (prosodyoci.skip)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void execute_loginInTheSettings_reachesTheRepository() throws Exception {
    loginFor("127.0.0.1");
    try (StaticServer server = publish()) {
      lock(server).execute();

      String login = Base64.getEncoder().encodeToString("me:secret".getBytes(UTF_8));
      assertThat(server.logins()).hasSize(server.asked().size()).containsOnly("Basic " + login);
      assertThat(server.asked()).contains("/x86_64/APKINDEX.tar.gz", "/x86_64/app-1-r0.apk");
      assertThat(folder.resolve("alpine.lock")).content().doesNotContain("secret");
    }
  }

  @Test
  void execute_loginOfAnotherHost_isNotSent() throws Exception {
    loginFor("mirror.example");
    try (StaticServer server = publish()) {
      lock(server).execute();

      assertThat(server.logins()).isNotEmpty().containsOnly("");
    }
  }

  @Test
  void lock_severalPlatforms_holdsThePackagesOfEach() throws Exception {
    Path lockFile = folder.resolve("alpine.lock");
    try (StaticServer server = publish()) {
      LockMojo mojo = lock(server);
      set(mojo, "platforms", List.of("linux/s390x", "linux/amd64"));
      mojo.execute();

      assertThat(server.asked()).contains("/x86_64/app-1-r0.apk", "/s390x/app-1-r0.apk");
      for (Platform platform : List.of(Platform.LINUX_AMD64, Platform.LINUX_S390X)) {
        assertThat(Lock.read(lockFile).target(platform)).as("%s", platform).isPresent();
        assertThat(maven.info)
            .contains("Locked 1 packages for " + platform + " in " + lockFile + ": commit it");
      }
    }
  }

  private void loginFor(String id) {
    maven.repositorySession.setAuthenticationSelector(
        repository ->
            repository.getId().equals(id)
                ? new AuthenticationBuilder().addUsername("me").addPassword("secret").build()
                : null);
  }

  private StaticServer publish() throws Exception {
    Signer signer = Signer.generate("test.rsa.pub", 2048);
    for (String architecture : List.of("x86_64", "s390x")) {
      Path packages = folder.resolve("www").resolve(architecture);
      PackageInfo info = PackageInfo.builder("app", "1-r0", architecture).origin("app").build();
      Path file = packages.resolve(info.fileName());
      new PackageWriter(signer).write(file, info, Map.of(), List.of());
      new IndexWriter(signer).write(packages.resolve("APKINDEX.tar.gz"), List.of(file), "test");
    }
    Files.createDirectories(folder.resolve("keys"));
    Files.writeString(folder.resolve("keys/test.rsa.pub"), signer.publicKeyPem());
    return new StaticServer(folder.resolve("www"));
  }

  private LockMojo lock(StaticServer server) throws Exception {
    RepositoryParameter repository = new RepositoryParameter();
    repository.url = server.url();
    repository.keys = folder.resolve("keys").toFile();
    LockMojo mojo = maven.prepare(new LockMojo(), "alpine-packages:lock");
    set(mojo, "platforms", List.of("linux/amd64"));
    set(mojo, "repositories", List.of(repository));
    set(mojo, "packages", List.of("app"));
    set(mojo, "lockFile", folder.resolve("alpine.lock"));
    set(mojo, "outputFolder", folder.resolve("target"));
    return mojo;
  }
}
