package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What this image's patches change in Prosody, seen from outside; docs/security.md lists them.
 * Accounts, connections and SQLite have tests of their own, and so has, in prosody_test.lua, what
 * cannot be seen from there.
 */
class ProsodyFixesIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String ROOMS = "conference." + DOMAIN;
  private static final String PASSWORD = "wonderland";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static Container server;

  @BeforeAll
  static void start() {
    server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", accounts("alice", "bob", "carol"))
            .env("PROSODY_STATISTICS", "internal")
            .env("PROSODY_METRICS_CIDR", "192.0.2.0/24")
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .volume(
                Volume.create().write("conf.d/queue.cfg.lua", "s2s_send_queue_size = 1\n"),
                "/etc/prosody")
            .start();
    ProsodyImage.awaitClient(server);
    server.log().await("account created: carol@" + DOMAIN, LIMIT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String accounts(String... users) {
    StringBuilder accounts = new StringBuilder();
    for (String user : users) {
      accounts.append(user + "@" + DOMAIN + ":" + PASSWORD + "\n");
    }
    return accounts.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7 | 200",
        "192.0.2.7:4711 | 200",
        "198.51.100.1, 192.0.2.7 | 200",
        "198.51.100.1 | 403",
        "192.0.2.7, unknown | 403",
        "192.0.2.7, 192.0.2.7.5 | 403",
        "unknown | 403",
      })
  void http_forwardedFor_countsOnlyAsAnAddress(String forwarded, int status) throws Exception {
    URI metrics = URI.create("http://" + DOMAIN + ":" + Web.HTTP_PORT + "/metrics");

    assertThat(
            Web.send(Web.request(server, metrics).header("X-Forwarded-For", forwarded).build())
                .statusCode())
        .isEqualTo(status);
  }

  @Test
  void room_firstPresenceWithoutNickname_isRefused() throws Exception {
    try (RawStream alice = RawStream.login(server, "alice", PASSWORD)) {
      alice.send(join("nameless@" + ROOMS));

      alice.await("<presence", "type='error'", "jid-malformed");
      assertThat(alice.get("get", ROOMS, "<query xmlns='http://jabber.org/protocol/disco#items'/>"))
          .doesNotContain("nameless");
    }
    assertNoTraceback();
  }

  @Test
  void room_registrationWithoutNickname_isRefused() throws Exception {
    try (RawStream alice = owner("register")) {
      assertThat(
              alice.get(
                  "set",
                  "register@" + ROOMS,
                  "<query xmlns='jabber:iq:register'>"
                      + form(field("FORM_TYPE", "http://jabber.org/protocol/muc#register"))
                      + "</query>"))
          .contains("type='error'", "bad-request");
    }
    assertNoTraceback();
  }

  @Test
  void room_pictureThatIsNotBase64_keepsNobodyOut() throws Exception {
    try (RawStream alice = owner("picture");
        RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
      alice.get(
          "set",
          "picture@" + ROOMS,
          "<vCard xmlns='vcard-temp'><PHOTO><BINVAL>%%%</BINVAL></PHOTO></vCard>");

      bob.send(join("picture@" + ROOMS + "/bob"));
      bob.await("<presence", "code='110'");
    }
    assertNoTraceback();
  }

  @Test
  void room_privateMessageFromStranger_isAnsweredWithRefusal() throws Exception {
    String room = "private@" + ROOMS;
    try (RawStream alice = owner("private");
        RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
      assertThat(configure(alice, room, "members")).contains("type='result'");
      bob.send(join(room + "/bob"));
      bob.await("<presence", "code='110'");

      bob.send(privateMessage(room, "psst"));
      bob.await("<message", "type='error'", "policy-violation");

      // As XEP-0045 names it.
      assertThat(configure(alice, room, "anyone")).contains("type='result'");
      bob.send(privateMessage(room, "hello"));
      alice.await("<message", "hello");
    }
    assertNoTraceback();
  }

  @Test
  void queueToAnotherServer_fullOfErrors_isNotAnsweredByErrors() throws Exception {
    try (RawStream carol = RawStream.login(server, "carol", PASSWORD)) {
      for (int i = 0; i < 5; i++) {
        carol.send(
            "<message type='error' to='nobody@silent.example'><error type='cancel'>"
                + "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
      }
      assertThat(carol.get("get", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>"))
          .contains("type='result'");
    }
    assertNoTraceback();
  }

  @ParameterizedTest
  @ValueSource(strings = {"eve@remote.example", "remote.example/eve", "no name", "&lt;a&gt;"})
  void stream_fromWhatIsNoServer_isRefused(String from) throws Exception {
    try (ServerStream stream = ServerStream.open(server, from)) {
      assertThat(stream.readUntil("</stream:stream>")).contains("improper-addressing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"remote.example", "bücher.example", "[2001:db8::1]"})
  void stream_fromServer_isAccepted(String from) throws Exception {
    try (ServerStream stream = ServerStream.open(server, from)) {
      assertThat(stream.readUntil("</stream:features>")).doesNotContain("stream:error");
    }
  }

  @Test
  void rate_ofStreamsToOtherServers_isThatOfTheirs() {
    String rate = "> return require 'prosody.core.configmanager'.get('*', 'limits').%s.rate";

    assertThat(shell(rate.formatted("s2sout")).output()).contains("30kb/s");
    assertThat(shell(rate.formatted("s2sin")).output()).contains("30kb/s");
  }

  @Test
  void password_empty_isRefused() {
    String create = "user:create('empty@" + DOMAIN + "', '')";
    assertThat(shell(create).output()).contains("password is empty");
    assertThat(shell("user:list('" + DOMAIN + "')").output()).doesNotContain("empty@");
    assertThat(shell("user:password('carol@" + DOMAIN + "', '')").output())
        .contains("password is empty");
  }

  /** Returns a stream of alice, who has made a room and opened it. */
  private static RawStream owner(String room) throws IOException {
    RawStream alice = RawStream.login(server, "alice", PASSWORD);
    String address = room + "@" + ROOMS;
    alice.send(join(address + "/alice"));
    alice.await("<presence", "code='201'");
    alice.get(
        "set",
        address,
        "<query xmlns='http://jabber.org/protocol/muc#owner'>" + form("") + "</query>");
    return alice;
  }

  private static String configure(RawStream owner, String room, String allowed) throws IOException {
    return owner.get(
        "set",
        room,
        "<query xmlns='http://jabber.org/protocol/muc#owner'>"
            + form(
                field("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig")
                    + field("muc#roomconfig_allowpm", allowed))
            + "</query>");
  }

  private static String join(String occupant) {
    return "<presence to='" + occupant + "'><x xmlns='http://jabber.org/protocol/muc'/></presence>";
  }

  private static String privateMessage(String room, String text) {
    return "<message type='chat' to='" + room + "/alice'><body>" + text + "</body></message>";
  }

  private static String form(String fields) {
    return "<x xmlns='jabber:x:data' type='submit'>" + fields + "</x>";
  }

  private static String field(String name, String value) {
    return "<field var='" + name + "'><value>" + value + "</value></field>";
  }

  private static Command.Result shell(String command) {
    return server.exec("prosodyctl", "shell", command);
  }

  private static void assertNoTraceback() {
    assertThat(server.log().text()).doesNotContainIgnoringCase("traceback");
  }
}
