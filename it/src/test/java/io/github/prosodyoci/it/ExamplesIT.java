package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ImageArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the projects in examples/ made, which maven-invoker-plugin has built just before. */
class ExamplesIT {

  private static final Path EXAMPLES = Path.of("target/examples");

  @Test
  void ownImage_run_doesWhatItsRecipeIsFor() {
    ImageArchive image =
        ImageArchive.open(EXAMPLES.resolve("own-image/target/figlet-linux-amd64.tar"));

    try (Container container = image.container().readOnly().cmd("Hi").start()) {
      assertThat(container.awaitExit(Duration.ofSeconds(5))).isZero();
      assertThat(container.log().text()).contains("|_| |_|_|");
    }
  }

  @Test
  void prosodyWithModule_room_offersWhatTheModuleAdds() throws Exception {
    ImageArchive image =
        ImageArchive.open(
            EXAMPLES.resolve("prosody-with-module/target/prosody-with-module-linux-amd64.tar"));

    try (Container server =
        image
            .container()
            .env("PROSODY_VIRTUAL_HOSTS", ProsodyImage.DOMAIN)
            .env("PROSODY_ACCOUNTS", "alice@example.test:wonderland")
            .start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream alice = RawStream.login(server, "alice", "wonderland")) {
        alice.send(
            "<presence to='den@conference.example.test/a'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        alice.await("<presence", "status code='110'");

        assertThat(
                alice.get(
                    "get",
                    "den@conference.example.test",
                    "<query xmlns='http://jabber.org/protocol/disco#info'/>"))
            .contains("urn:xmpp:message-moderate:1");
      }
    }
  }

  @Test
  void prosodyOnBase_server_answersAsTheModuleSays() throws Exception {
    ImageArchive image =
        ImageArchive.open(
            EXAMPLES.resolve("prosody-on-base/target/prosody-on-base-linux-amd64.tar"));

    try (Container server =
        image
            .container()
            .env("PROSODY_VIRTUAL_HOSTS", ProsodyImage.DOMAIN)
            .env("PROSODY_ACCOUNTS", "alice@example.test:wonderland")
            .start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream alice = RawStream.login(server, "alice", "wonderland")) {
        alice.send("<message to='example.test' id='r'><body>rules?</body></message>");
        alice.await("Be kind to each other.");
      }
    }
  }

  @Test
  void verifiedDownload_reports_tellTheWholeStory() throws IOException {
    Path target = EXAMPLES.resolve("verified-download/target");
    JsonNode sources =
        new JsonMapper().readTree(target.resolve("verification.json").toFile()).get("sources");
    JsonNode lua = sources.get(0);
    JsonNode musl = sources.get(1);

    assertThat(lua.get("file").asText()).isEqualTo("lua-5.4.7.tar.gz");
    assertThat(lua.get("status").asText()).isEqualTo("trusted");
    assertThat(lua.get("evidence")).hasSize(1);
    assertThat(lua.get("evidence").get(0).get("outcome").asText()).isEqualTo("sufficient");
    assertThat(lua.get("evidence").get(0).get("document").asText())
        .isEqualTo("Debian trixie, main/source/Sources.xz");
    assertThat(musl.get("file").asText()).isEqualTo("musl-1.2.5.tar.gz");
    assertThat(musl.get("evidence")).hasSize(2);
    assertThat(musl.get("evidence").get(0).get("outcome").asText()).isEqualTo("weak");
    assertThat(musl.get("evidence").get(0).get("signer").asText())
        .isEqualTo("836489290BB6B70F99FFDA0556BCDB593020450F");
    assertThat(musl.get("evidence").get(1).get("outcome").asText()).isEqualTo("sufficient");
    for (JsonNode source : sources) {
      assertThat(source.get("origin").asText()).isNotEmpty();
      assertThat(target.resolve("verification.html"))
          .content()
          .contains(source.get("file").asText())
          .contains(source.get("sha256").asText().replace("sha256:", ""));
    }
    assertThat(target.resolve("fetch.json")).content().contains("musl-1.2.5.tar.gz.asc");
  }
}
