package io.github.prosodyoci.image.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.RegistryLogin;
import io.github.prosodyoci.maven.GoalFixture;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.settings.Proxy;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.building.SettingsProblem;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.apache.maven.settings.crypto.SettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecryptionResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushMojoTest {

  /** Turns {@code {x}} into {@code plain-x}, as if it had been decrypted. */
  private static final SettingsDecrypter DECRYPTER = Decrypted::new;

  private record Decrypted(SettingsDecryptionRequest request) implements SettingsDecryptionResult {

    @Override
    public Server getServer() {
      Server server = request.getServers().get(0).clone();
      server.setPassword("plain-" + server.getPassword().replaceAll("[{}]", ""));
      return server;
    }

    @Override
    public List<Server> getServers() {
      return List.of(getServer());
    }

    @Override
    public Proxy getProxy() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Proxy> getProxies() {
      return List.of();
    }

    @Override
    public List<SettingsProblem> getProblems() {
      return List.of();
    }
  }

  @TempDir Path folder;
  private GoalFixture maven;

  @BeforeEach
  void prepare() {
    maven = new GoalFixture(folder);
  }

  private PushMojo mojo() throws Exception {
    PushMojo mojo = maven.prepare(new PushMojo(DECRYPTER), "image-assemble:push");
    set(mojo, "version", "1");
    mojo.reportFile = folder.resolve("image.json").toFile();
    return mojo;
  }

  @Test
  void withoutAName_nothingIsPushedAndTheLogSaysSo() throws Exception {
    mojo().execute();
    assertThat(maven.info)
        .containsExactly(
            "No image name given (-Dprosodyoci.image=registry/repo:tag): nothing pushed");
  }

  @Test
  void skip_pushesNothingAndSaysSo() throws Exception {
    PushMojo mojo = mojo();
    mojo.image = "ghcr.io/a/b:1";
    set(mojo, "skip", true);
    mojo.execute();
    assertThat(maven.info).containsExactly("Skipping image-assemble:push (prosodyoci.push.skip)");
  }

  @Test
  void offline_isAFailureThatSaysWhatToDo() throws Exception {
    maven.request.setOffline(true);
    PushMojo mojo = mojo();
    mojo.image = "ghcr.io/a/b:1";
    assertThatThrownBy(mojo::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessage(
            "Could not push ghcr.io/a/b:1: Maven is offline (configuration). Leave out -o, or"
                + " prosodyoci.image.");
  }

  @Test
  void withoutAnImage_isAFailureThatSaysWhatMakesOne() throws Exception {
    PushMojo mojo = mojo();
    mojo.image = "ghcr.io/a/b:1";
    assertThatThrownBy(mojo::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("image.json (no-archive). Run image-assemble:archive first");
  }

  @Test
  void badName_isAFailure() throws Exception {
    PushMojo mojo = mojo();
    mojo.image = "https://ghcr.io/a/b:1";
    assertThatThrownBy(mojo::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("Correct prosodyoci.image");
  }

  @Test
  void settings_serverOfTheRegistrysHost_givesTheDecryptedLogin() {
    addServer("localhost:5000", "exact", "{a}");
    addServer("localhost", "host", "{b}");
    addServer("docker.io", "hub", "{c}");
    SettingsLogin settings = new SettingsLogin(maven.session().getSettings(), DECRYPTER);
    assertThat(settings.find(ImageName.parse("localhost:5000/a:1")))
        .isEqualTo(new RegistryLogin("exact", "plain-a", "server localhost:5000 of settings.xml"));
    assertThat(settings.find(ImageName.parse("localhost:5001/a:1")))
        .isEqualTo(new RegistryLogin("host", "plain-b", "server localhost of settings.xml"));
    assertThat(settings.find(ImageName.parse("me/a:1")))
        .isEqualTo(new RegistryLogin("hub", "plain-c", "server docker.io of settings.xml"));
    assertThat(settings.find(ImageName.parse("ghcr.io/a/b:1"))).isNull();
  }

  @Test
  void login_hidesItsPassword() {
    assertThat(new RegistryLogin("me", "secret", "settings.xml"))
        .hasToString("user me (login from settings.xml)");
  }

  private void addServer(String id, String username, String password) {
    Server server = new Server();
    server.setId(id);
    server.setUsername(username);
    server.setPassword(password);
    maven.request.addServer(server);
  }
}
