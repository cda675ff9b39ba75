package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.registry.RegistryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that want tokens, forbid, break or lie. */
@Tag("slow")
class StrangeRegistryTest {

  private static final RegistryLogin LOGIN = new RegistryLogin("me", "pw", "test");

  @TempDir static Path shared;
  private static SSLContext tls;

  @TempDir Path folder;
  private Fixture fixture;
  private Digest digest;
  private TestRegistry registry;

  @BeforeAll
  static void makeCertificate() throws Exception {
    tls = SelfSigned.context(shared);
  }

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(folder);
    digest = fixture.assemble().report().digest();
    registry = new TestRegistry(tls, "127.0.0.1");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private PushResult push(@Nullable RegistryLogin login) throws IOException {
    return Fixture.pusher(folder).push(fixture.push(registry.host() + "/a/b:1", login));
  }

  @Test
  void registryWithTokens_getsOneForThePush() throws IOException {
    registry.challenge = "Bearer realm=\"" + registry.address() + "/token\",service=\"test\"";
    PushResult result = push(LOGIN);

    assertThat(result.digest()).isEqualTo(digest);
    assertThat(result.names()).containsExactly(ImageName.parse(registry.host() + "/a/b:1"));
    assertThat(registry.manifests)
        .containsOnlyKeys("/v2/a/b/manifests/" + digest, "/v2/a/b/manifests/1");
    assertThat(Digest.of(registry.manifests.get("/v2/a/b/manifests/1"))).isEqualTo(digest);
    assertThat(registry.requests)
        .contains(
            "GET /token?scope=repository:a/b:pull,push&service=test Basic "
                + Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void tokenThatExpiresInTheMiddle_isRenewed() throws IOException {
    registry.challenge = "Bearer realm=\"" + registry.address() + "/token\",service=\"test\"";
    registry.requestsPerToken = 8;
    assertThat(push(LOGIN).digest()).isEqualTo(digest);
    assertThat(registry.requests)
        .filteredOn(line -> line.startsWith("GET /token"))
        .hasSizeGreaterThan(1);
  }

  @Test
  void registryThatForbids_isSaidToForbid() {
    registry.statusOfUploads = 403;
    registry.bodyOfUploads = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"}]}";
    assertFails(ImageCode.FORBIDDEN, () -> push(LOGIN))
        .hasMessage(
            "Could not push %s/a/b:1: %s does not allow user me (login from test) to push to a/b"
                + " (forbidden). Ask its administrator for access.",
            registry.host(), registry.host())
        .cause()
        .isInstanceOfSatisfying(
            RegistryException.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(403);
              assertThat(answer.error()).contains("DENIED");
            });
    assertFails(ImageCode.FORBIDDEN, () -> push(null))
        .hasMessageContaining("does not allow anonymous users to push to a/b");
  }

  @Test
  void registryThatIsFull_isSaidToFail() {
    registry.statusOfUploads = 507;
    registry.bodyOfUploads = "<h1>\nfull</h1>";
    assertFails(ImageCode.REGISTRY_ERROR, () -> push(null))
        .hasMessageStartingWith("Could not push %s/a/b:1: PUT ", registry.host())
        .hasMessageContaining("was answered with 507 <h1> full</h1> (registry-error)");
  }

  @Test
  void registryThatSendsUploadsNowhere_breaksTheSpecification() {
    registry.uploads = "gopher://x";
    assertFails(ImageCode.REGISTRY_PROTOCOL, () -> push(null))
        .hasMessageContaining("leads to what is not an address: gopher://x");
  }

  @Test
  void registryThatLeavesTls_isRefused() {
    registry.uploads = "http://127.0.0.1:9";
    assertFails(ImageCode.REGISTRY_UNSAFE, () -> push(null))
        .hasMessageContaining("leads to an address without TLS");
  }

  @Test
  void registryThatShowsAnotherManifest_isNotBelieved() {
    registry.manifestShown =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{},"layers":[]}\
        """
            .getBytes(StandardCharsets.UTF_8);
    assertFails(ImageCode.TAG_MISMATCH, () -> push(null))
        .hasMessageContaining(
            "the registry shows " + Digest.of(registry.manifestShown) + "; expected " + digest);
  }

  @Test
  void interrupt_beforeTheArchiveIsRead_isAnInterrupt() throws IOException {
    PushRequest request = fixture.push(registry.host() + "/a/b:1", null);
    Thread.currentThread().interrupt();
    assertFails(CommonCode.INTERRUPTED, () -> Fixture.pusher(folder).push(request));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void interrupt_whileItIsPushed_isAnInterrupt() throws IOException {
    PushRequest request = fixture.push(registry.host() + "/a/b:1", null);
    ImagePusher pusher =
        Fixture.pusher(Map.of(), folder, blob -> Thread.currentThread().interrupt(), line -> {});
    assertFails(CommonCode.INTERRUPTED, () -> pusher.push(request));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(registry.manifests).isEmpty();
  }
}
