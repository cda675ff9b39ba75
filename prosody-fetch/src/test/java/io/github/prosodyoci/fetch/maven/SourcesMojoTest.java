package io.github.prosodyoci.fetch.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Credentials;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import java.io.File;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.DefaultMavenExecutionResult;
import org.apache.maven.execution.MavenExecutionRequest;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.repository.Authentication;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesMojoTest {

  private static final byte[] CONTENT = "the file".getBytes(UTF_8);

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();

  @Test
  void execute_recipes_writesReportAndLogsOneLinePerFile() throws Exception {
    recipe("file:a.tar");
    Files.write(folder.resolve("recipes/a.tar"), CONTENT);

    mojo(false).execute();
    mojo(false).execute();

    assertThat(folder.resolve("target/fetch.json")).content().contains("\"file:a.tar\"");
    assertThat(log)
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
    set(mojo, "platform", "linux/s390x");

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessage("Unknown platform linux/s390x; known are linux/amd64, linux/arm64");
  }

  @Test
  void execute_timeThatIsNone_fails() throws Exception {
    recipe("file:a.tar");
    SourcesMojo mojo = mojo(false);
    set(mojo, "silenceTimeout", 0);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessage("connectTimeout, silenceTimeout and maximumTime must be positive");
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

    assertThat(log).containsExactly("Fetching of sources is skipped (prosodyoci.fetch.skip)");
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
    DefaultRepositorySystemSession repositories = MavenRepositorySystemUtils.newSession();
    MavenExecutionRequest request = new DefaultMavenExecutionRequest();
    request.setOffline(offline);
    @SuppressWarnings("deprecation") // the only one that needs no container
    MavenSession session =
        new MavenSession(null, repositories, request, new DefaultMavenExecutionResult());
    SourcesMojo mojo = new SourcesMojo(session, new MavenProject(), unused(RepositorySystem.class));
    set(mojo, "recipes", List.of(folder.resolve("recipes").toFile()));
    set(mojo, "platform", "linux/amd64");
    set(mojo, "cache", folder.resolve("cache").toFile());
    set(mojo, "aptFolder", folder.resolve("apt").toFile());
    set(mojo, "parallel", 2);
    set(mojo, "maximumSize", 10);
    set(mojo, "attempts", 2);
    set(mojo, "connectTimeout", 5);
    set(mojo, "silenceTimeout", 5);
    set(mojo, "maximumTime", 60);
    set(mojo, "reportFile", new File(folder.toFile(), "target/fetch.json"));
    mojo.setLog(
        new SystemStreamLog() {
          @Override
          public void info(CharSequence line) {
            log.add(line.toString());
          }
        });
    return mojo;
  }

  private static <T> T unused(Class<T> type) {
    return type.cast(
        java.lang.reflect.Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " is not to be called");
            }));
  }

  private static void set(Object mojo, String parameter, Object value) throws Exception {
    Field field = mojo.getClass().getDeclaredField(parameter);
    field.setAccessible(true);
    field.set(mojo, value);
  }
}
