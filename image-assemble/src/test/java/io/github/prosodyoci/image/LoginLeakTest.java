package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that sends us to another host, which must not learn the login. */
@Tag("slow")
class LoginLeakTest {

  private static final RegistryLogin LOGIN = new RegistryLogin("me", "pw", "test");
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8));

  private static final String TOKEN_REQUEST =
      "GET /token?scope=repository:a/b:pull,push&service=s ";

  @TempDir static Path shared;
  private static SSLContext tls;

  @TempDir Path folder;
  private Fixture fixture;
  private TestRegistry registry;
  private TestRegistry other;

  @BeforeAll
  static void makeCertificate() throws Exception {
    tls = SelfSigned.context(shared);
  }

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(folder);
    fixture.assemble();
    registry = new TestRegistry(tls, "127.0.0.1");
    registry.challenge = "Basic realm=\"registry\"";
    other = new TestRegistry(tls, "127.0.0.2");
    other.blobs = registry.blobs;
  }

  @AfterEach
  void stop() {
    registry.close();
    other.close();
  }

  private void push(@Nullable String tokenHost) throws IOException {
    PushRequest request = fixture.push(registry.host() + "/a/b:1", LOGIN);
    Fixture.pusher(folder)
        .push(
            new PushRequest(
                request.archive(),
                request.digest(),
                request.name(),
                request.moreTags(),
                LOGIN,
                tokenHost,
                true));
  }

  @Test
  void push_uploadAtTheRegistryItself_sendsTheLogin() throws IOException {
    push(null);
    assertThat(registry.requests).contains("PUT /upload/1 " + BASIC);
    assertThat(other.requests).isEmpty();
  }

  @Test
  void push_beforeTheRegistryAsks_sendsNoLogin() throws IOException {
    push(null);
    assertThat(registry.requests.get(0)).isEqualTo("GET /v2/ null");
    assertThat(registry.requests.get(1)).endsWith(" null");
  }

  @Test
  void push_locationOnAnotherHost_uploadsThereWithoutTheLogin() throws IOException {
    registry.uploads = other.address();
    push(null);
    assertThat(other.requests).hasSize(3).containsOnly("PUT /upload/1 null");
    assertThat(registry.requests).anyMatch(line -> line.endsWith(BASIC));
  }

  @Test
  void push_locationOnAnotherHost_uploadsThereWithoutTheToken() throws IOException {
    registry.challenge = "Bearer realm=\"" + registry.address() + "/token\",service=\"s\"";
    registry.uploads = other.address();
    push(null);
    assertThat(other.requests).hasSize(3).containsOnly("PUT /upload/1 null");
    assertThat(registry.requests)
        .contains(TOKEN_REQUEST + BASIC)
        .anyMatch(l -> l.endsWith("Bearer tok123"));
  }

  @Test
  void push_locationOnAnotherPortOfTheHost_isAnotherHost() throws IOException {
    try (TestRegistry neighbour = new TestRegistry(tls, "127.0.0.1")) {
      registry.uploads = neighbour.address();
      neighbour.blobs = registry.blobs;
      push(null);
      assertThat(neighbour.requests).hasSize(3).containsOnly("PUT /upload/1 null");
    }
  }

  @Test
  void push_realmOnAnotherHost_isRefusedAndGetsNothing() {
    registry.challenge = "Bearer realm=\"" + other.address() + "/token\",service=\"s\"";
    assertFails(ImageCode.REGISTRY_UNSAFE, () -> push(null))
        .hasMessageContaining("a token service of another domain, 127.0.0.2, which was not given")
        .hasMessageContaining("-Dprosodyoci.auth.tokenHost=127.0.0.2");
    assertThat(other.requests).isEmpty();
  }

  @Test
  void push_realmOnAHostThatTheUserTrusts_getsTheLogin() throws IOException {
    registry.challenge = "Bearer realm=\"" + other.address() + "/token\",service=\"s\"";
    push("127.0.0.2");
    assertThat(other.requests).contains(TOKEN_REQUEST + BASIC);
  }
}
