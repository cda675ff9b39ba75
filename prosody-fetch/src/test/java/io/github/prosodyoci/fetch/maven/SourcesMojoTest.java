package io.github.prosodyoci.fetch.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Credentials;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.maven.GoalFixture;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.repository.Authentication;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesMojoTest {

  private static final byte[] CONTENT = "the file".getBytes(UTF_8);

  @TempDir private Path folder;
  private GoalFixture maven;

  @BeforeEach
  void prepare() {
    maven = new GoalFixture(folder);
  }

  @Test
  void execute_recipes_writesReportAndLogsOneLinePerFile() throws Exception {
    recipe("file:a.tar");
    Files.write(folder.resolve("recipes/a.tar"), CONTENT);

    mojo(false).execute();
    mojo(false).execute();

    assertThat(folder.resolve("target/fetch.json")).content().contains("\"file:a.tar\"");
    assertThat(maven.info)
        .containsExactly(
            "Fetched a.tar, 8 B, from file:a.tar",
            "Source files in the store: 1 (8 B), of which fetched now: 1 (8 B)",
            "Source files in the store: 1 (8 B), of which fetched now: 0 (0 B)");
  }

  @Test
  void execute_badRecipe_failsWithFileAndLine() throws Exception {
    recipe("gopher:a");

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(() -> mojo(false).execute())
        .withMessageContaining(folder.resolve("recipes/a.yaml") + ":4): unknown origin 'gopher:a'");
    assertThat(folder.resolve("target")).doesNotExist();
  }

  @Test
  void execute_unknownPlatform_namesTheKnown() throws Exception {
    recipe("file:a.tar");
    SourcesMojo mojo = mojo(false);
    set(mojo, "platforms", List.of("linux/mips"));

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessage(
            "Could not use prosodyoci.platforms=linux/mips: Unknown platform linux/mips; known are"
                + " linux/amd64, linux/arm64, linux/arm/v7, linux/386, linux/ppc64le, linux/s390x,"
                + " linux/riscv64 (configuration). Correct it.");
  }

  @Test
  void execute_timeThatIsNone_fails() throws Exception {
    recipe("file:a.tar");
    SourcesMojo mojo = mojo(false);
    set(mojo, "silenceTimeoutSeconds", 0);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessage(
            "Could not use prosodyoci.fetch.silenceTimeoutSeconds=0: it is not positive"
                + " (configuration). Correct it.");
  }

  @Test
  void execute_offlineAndNotInStore_fails() throws Exception {
    recipe("https://www.lua.org/a.tar");

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(() -> mojo(true).execute())
        .withMessageContaining("and the build is offline (offline). Run once without -o.");
  }

  @Test
  void execute_skipped_doesNothingAndSaysSo() throws Exception {
    SourcesMojo mojo = mojo(false);
    set(mojo, "skip", true);

    mojo.execute();

    assertThat(maven.info)
        .containsExactly("Skipping prosody-fetch:sources (prosodyoci.fetch.skip)");
    assertThat(folder.resolve("target")).doesNotExist();
  }

  @Test
  void settingsProxies_proxyInSettings_leadsToIt() {
    DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
    session.setProxySelector(
        repository ->
            repository.getHost().equals("inside.example")
                ? null
                : new org.eclipse.aether.repository.Proxy("http", "proxy.example", 3128));
    SettingsProxies proxies = new SettingsProxies(session);

    assertThat(proxies.select(URI.create("https://www.lua.org/a")))
        .singleElement()
        .extracting(proxy -> ((InetSocketAddress) proxy.address()).getHostString())
        .isEqualTo("proxy.example");
    assertThat(proxies.select(URI.create("https://inside.example/a")))
        .containsExactly(Proxy.NO_PROXY);
  }

  @Test
  void settingsCredentials_serverWithTheHostsName_isItsLogin() {
    DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
    session.setAuthenticationSelector(
        repository ->
            switch (repository.getId()) {
              case "mirror.example" -> login("host");
              case "mirror.example:8443" -> login("port");
              default -> null;
            });
    SettingsCredentials credentials = new SettingsCredentials(session);

    assertThat(credentials.server(URI.create("https://mirror.example/a")))
        .contains(new Credentials.Login("host", "secret"));
    assertThat(credentials.server(URI.create("https://mirror.example:8443/a")))
        .contains(new Credentials.Login("port", "secret"));
    assertThat(credentials.server(URI.create("https://other.example/a"))).isEmpty();
    assertThat(credentials.proxy(URI.create("https://mirror.example/a"))).isEmpty();
    assertThat(new Credentials.Login("host", "secret").toString()).doesNotContain("secret");
  }

  @Test
  void settingsCredentials_proxyWithUser_isItsLogin() {
    DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
    session.setProxySelector(
        repository ->
            new org.eclipse.aether.repository.Proxy("http", "proxy.example", 3128, login("me")));

    assertThat(new SettingsCredentials(session).proxy(URI.create("https://www.lua.org/a")))
        .contains(new Credentials.Login("me", "secret"));
  }

  private static Authentication login(String user) {
    return new AuthenticationBuilder().addUsername(user).addPassword("secret").build();
  }

  private void recipe(String origin) throws Exception {
    Files.createDirectories(folder.resolve("recipes"));
    Files.writeString(
        folder.resolve("recipes/a.yaml"),
        "sources:\n  - file: a.tar\n    sha256: "
            + Digest.of(CONTENT).hex()
            + "\n    origins: ['"
            + origin
            + "']\n");
  }

  private SourcesMojo mojo(boolean offline) throws Exception {
    maven.request.setOffline(offline);
    SourcesMojo mojo = maven.prepare(new SourcesMojo(), "prosody-fetch:sources");
    set(mojo, "repositories", GoalFixture.unused(RepositorySystem.class));
    set(mojo, "recipes", List.of(folder.resolve("recipes").toFile()));
    set(mojo, "platforms", List.of("linux/amd64"));
    set(mojo, "aptFolder", folder.resolve("apt"));
    set(mojo, "parallel", 2);
    set(mojo, "maximumSizeMegabytes", 10);
    set(mojo, "attempts", 2);
    set(mojo, "connectTimeoutSeconds", 5);
    set(mojo, "silenceTimeoutSeconds", 5);
    set(mojo, "maximumTimeSeconds", 60);
    set(mojo, "reportFile", folder.resolve("target/fetch.json"));
    return mojo;
  }
}
