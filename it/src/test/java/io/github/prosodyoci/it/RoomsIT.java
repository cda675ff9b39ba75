package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who creates rooms, and what becomes of them, by the variables. */
class RoomsIT {

  private static final String ROOMS = "conference." + ProsodyImage.DOMAIN;

  @ParameterizedTest
  @CsvSource({"local, off, true, false", "admins, on, false, true"})
  void rooms_byVariables_areCreatedKeptAndListed(
      String creation, String flag, boolean usersCreate, boolean kept) throws Exception {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "alice@example.test:secret\nboss@example.test:secret")
            .env("PROSODY_ADMINS", "boss@example.test")
            .env("PROSODY_MUC_CREATION", creation)
            .env("PROSODY_MUC_PERSISTENT", flag)
            .env("PROSODY_MUC_PUBLIC", flag)
            .start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream alice = RawStream.login(server, "alice", "secret");
          RawStream boss = RawStream.login(server, "boss", "secret")) {
        assertThat(create(alice, "hers").contains("type='error'")).isEqualTo(!usersCreate);
        assertThat(create(boss, "den")).contains("code='201'").doesNotContain("type='error'");
        assertThat(
                boss.get(
                    "set",
                    "den@" + ROOMS,
                    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
                        + "<x xmlns='jabber:x:data' type='submit'/></query>"))
            .contains("type='result'");
        boss.send("<presence type='unavailable' to='den@" + ROOMS + "/me'/>");
        boss.await("unavailable");

        String items =
            alice.get("get", ROOMS, "<query xmlns='http://jabber.org/protocol/disco#items'/>");
        assertThat(items.contains("den@" + ROOMS)).as(items).isEqualTo(kept);
      }
    }
  }

  private static String create(RawStream user, String room) throws IOException {
    user.send(
        "<presence to='"
            + (room + "@" + ROOMS)
            + "/me'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
    return user.await(room + "@" + ROOMS);
  }
}
