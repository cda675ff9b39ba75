package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jivesoftware.smack.XMPPException.XMPPErrorException;
import org.jivesoftware.smack.packet.StanzaError;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.jivesoftware.smackx.carbons.CarbonManager;
import org.jivesoftware.smackx.commands.AdHocCommandManager;
import org.jivesoftware.smackx.commands.RemoteCommand;
import org.jivesoftware.smackx.csi.ClientStateIndicationManager;
import org.jivesoftware.smackx.httpfileupload.HttpFileUploadManager;
import org.jivesoftware.smackx.httpfileupload.element.Slot;
import org.jivesoftware.smackx.muc.MultiUserChatManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jxmpp.jid.impl.JidCreate;
import org.jxmpp.jid.parts.Resourcepart;

/** What is on by default, or by a variable, shown by clients from outside of the container. */
class FeaturesIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String OTHER_DOMAIN = "other.test";
  private static final String PUSH = "push." + DOMAIN;
  private static final String PASSWORD = "pass:word";
  private static final String COMPONENT_SECRET = "between us & them";
  private static final String TURN_SECRET = "turn around";

  private static Container server;

  @BeforeAll
  static void start() throws IOException {
    Path secrets = Workspace.newFolder("secrets");
    Files.writeString(secrets.resolve("component"), COMPONENT_SECRET + "\n");
    Files.writeString(secrets.resolve("PROSODY_TURN_SECRET"), TURN_SECRET + "\n");
    Volume modules =
        Volume.create().write("mod_greeting.lua", "module:add_feature(\"urn:example:greeting\")\n");
    StringBuilder accounts = new StringBuilder();
    for (String user : new String[] {"alice", "bob", "carol", "dave", "erin", "frank", "grace"}) {
      accounts.append(user + "@" + DOMAIN + ":" + PASSWORD + "\n");
    }
    accounts.append("mallory@" + OTHER_DOMAIN + ":" + PASSWORD + "\n");
    server =
        ProsodyImage.server()
            .env("PROSODY_VIRTUAL_HOSTS", DOMAIN + ", " + OTHER_DOMAIN)
            .env("PROSODY_ACCOUNTS", accounts.toString())
            .env("PROSODY_ADMINS", " alice@" + DOMAIN + " , nobody@" + DOMAIN)
            .env("PROSODY_EXTERNAL_COMPONENTS", PUSH)
            .env("PROSODY_COMPONENT_SECRET_FILE", "/run/secrets/component")
            .env("PROSODY_TURN_HOST", "turn." + DOMAIN)
            .env("PROSODY_UPLOAD_LIMIT_MB", "1")
            .env("PROSODY_UPLOAD_EXPIRY_DAYS", "1")
            .env("PROSODY_ENABLE_MODULES", "greeting")
            .env("PROSODY_STATISTICS", "internal")
            .env("PROSODY_METRICS_CIDR", "10.88.0.0/16")
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .mount(secrets, "/run/secrets")
            .volume(modules, "/usr/lib/prosody/modules")
            .start();
    ProsodyImage.awaitClient(server);
    server.log().await("account created: mallory@" + OTHER_DOMAIN, Duration.ofSeconds(10));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void log_allFeaturesOn_holdsNoError() {
    assertThat(server.log().lines()).noneMatch(line -> line.matches("\\S+\\s+error\\s.*"));
  }

  @Test
  void carbons_secondClientOfSender_getsCopyOfBothDirections() throws Exception {
    BlockingQueue<String> copies = new LinkedBlockingQueue<>();
    try (Client desk = Client.login(server, "bob", PASSWORD, "desk");
        Client phone = Client.login(server, "bob", PASSWORD, "phone");
        Client carol = Client.login(server, "carol", PASSWORD)) {
      CarbonManager carbons = CarbonManager.getInstanceFor(phone.connection());
      carbons.addCarbonCopyReceivedListener(
          (direction, copy, wrapping) -> copies.add(direction + ": " + copy.getBody()));
      carbons.enableCarbons();

      desk.send(carol.jid(), "from my desk");
      assertThat(carol.receive()).isEqualTo("bob@example.test: from my desk");

      assertThat(copies.poll(10, TimeUnit.SECONDS)).isEqualTo("sent: from my desk");
    }
  }

  @Test
  void streamManagement_connectionCut_resumesWithoutLoss() throws Exception {
    try (Client carol = Client.login(server, "carol", PASSWORD);
        Client dave = Client.login(server, "dave", PASSWORD)) {
      assertThat(dave.connection().isSmEnabled()).isTrue();
      carol.send(dave.jid(), "before");
      assertThat(dave.receive()).isEqualTo("carol@example.test: before");

      // Carol's is cut as well: what she says meanwhile waits in her own client.
      server.cutConnections(ProsodyImage.CLIENT_PORT);
      carol.resume();
      for (int i = 0; i < 10; i++) {
        carol.send(dave.jid(), "meanwhile " + i);
      }
      dave.resume();

      for (int i = 0; i < 10; i++) {
        assertThat(dave.receive()).isEqualTo("carol@example.test: meanwhile " + i);
      }
      dave.send(carol.jid(), "still here");
      assertThat(carol.receive()).isEqualTo("dave@example.test: still here");
    }
  }

  @Test
  void clientState_inactive_holdsPresenceBack() throws Exception {
    try (Client bob = Client.login(server, "bob", PASSWORD)) {
      assertThat(ClientStateIndicationManager.isSupported(bob.connection())).isTrue();
    }
    try (RawStream erin = RawStream.login(server, "erin", PASSWORD);
        RawStream other = RawStream.login(server, "frank", PASSWORD)) {
      erin.send("<presence/>");
      erin.await("<presence");
      erin.send("<inactive xmlns='urn:xmpp:csi:0'/>");
      assertThat(erin.within(Duration.ofMillis(300))).isEmpty();

      other.send("<presence to='erin@example.test'><status>lunch</status></presence>");
      assertThat(erin.within(Duration.ofMillis(500))).isEmpty();

      erin.send("<active xmlns='urn:xmpp:csi:0'/>");
      erin.await("<presence", "lunch");
    }
  }

  @Test
  void rooms_createdByUserOfAnotherDomain_areRefused() throws Exception {
    try (RawStream mallory = RawStream.login(server, OTHER_DOMAIN, "mallory", PASSWORD)) {
      mallory.send(
          "<presence to='den@conference.example.test/m'><x xmlns='http://jabber.org/protocol/muc'/></presence>");

      assertThat(mallory.await("<presence", "den@conference.example.test"))
          .contains("type='error'")
          .contains("not-allowed");
    }
    try (Client bob = Client.login(server, "bob", PASSWORD)) {
      MultiUserChatManager.getInstanceFor(bob.connection())
          .getMultiUserChat(JidCreate.entityBareFrom("den@conference.example.test"))
          .create(Resourcepart.from("b"))
          .makeInstant();
    }
  }

  @Test
  void upload_slot_takesFileAndServesItUntilItExpires() throws Exception {
    String content = "a photo, ça va 🦀";
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Slot slot;
    try (Client bob = Client.login(server, "bob", PASSWORD)) {
      HttpFileUploadManager uploads = HttpFileUploadManager.getInstanceFor(bob.connection());
      assertThat(uploads.discoverUploadService()).isTrue();
      assertThat(uploads.getDefaultUploadService().getMaxFileSize()).isEqualTo((1 << 20) + 16);
      slot = uploads.requestSlot("photo.txt", bytes.length, "text/plain");
      assertThatThrownBy(() -> uploads.requestSlot("film.mp4", (1 << 20) + 17))
          .hasMessageContaining("greater than");
    }
    try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
      assertThat(
              bob.get(
                  "get",
                  "upload." + DOMAIN,
                  "<request xmlns='urn:xmpp:http:upload:0' filename='film.mp4' size='1048593'/>"))
          .contains("file-too-large");
    }
    URI get = slot.getGetUrl().toURI();
    assertThat(get.toString()).startsWith("https://example.test:5281/file_share/");

    assertThat(put(slot, bytes).statusCode()).isEqualTo(201);
    assertThat(Web.send(Web.request(server, get).GET().build()).body()).isEqualTo(content);
    assertThat(put(slot, (content + "more").getBytes(StandardCharsets.UTF_8)).statusCode())
        .isNotEqualTo(201);

    // The daily task, told that it is another day: what the official image has kept for a week.
    cleanUploads(0.9);
    assertThat(Web.send(Web.request(server, get).GET().build()).statusCode()).isEqualTo(200);
    cleanUploads(1.1);
    assertThat(Web.send(Web.request(server, get).GET().build()).statusCode()).isBetween(404, 410);
  }

  @Test
  void push_messageForAbsentUser_reachesPushService() throws Exception {
    try (RawStream push = RawStream.component(server, PUSH, COMPONENT_SECRET)) {
      push.await("<handshake");
      try (RawStream grace = RawStream.login(server, "grace", PASSWORD)) {
        assertThat(
                grace.get(
                    "set", null, "<enable xmlns='urn:xmpp:push:0' jid='" + PUSH + "' node='n1'/>"))
            .contains("type='result'");
      }
      try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
        bob.send("<message type='chat' to='grace@example.test'><body>wake up</body></message>");

        assertThat(push.await("urn:xmpp:push:0")).contains("n1").doesNotContain("wake up");
      }
    }
  }

  @Test
  void component_rightSecret_exchangesMessages() throws Exception {
    try (RawStream component = RawStream.component(server, PUSH, COMPONENT_SECRET);
        RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
      component.await("<handshake");

      bob.send("<message to='" + PUSH + "'><body>hello</body></message>");
      component.await("<message", "hello");
      component.send(
          "<message from='" + PUSH + "' to='bob@" + DOMAIN + "/raw'><body>hi</body></message>");
      bob.await("<message", "<body>hi</body>");
    }
  }

  @Test
  void component_wrongSecret_isRefused() throws Exception {
    try (RawStream component = RawStream.component(server, PUSH, "guess")) {
      assertThat(component.await("<stream:error")).contains("not-authorized");
    }
    assertThat(server.log().text()).doesNotContain(COMPONENT_SECRET);
  }

  @Test
  void bosh_overHttps_logsIn() throws Exception {
    long rid = 1000;
    String opened =
        bosh(
            Web.HTTPS_PORT,
            "<body rid='"
                + rid
                + "' to='example.test' wait='5' hold='1' ver='1.6' xml:lang='en' xmpp:version='1.0'"
                + " xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'/>");
    Matcher sid = Pattern.compile(" sid='([^']+)'").matcher(opened);
    assertThat(sid.find()).as(opened).isTrue();
    assertThat(opened).contains("<mechanism>SCRAM-SHA-256</mechanism>");

    String answer =
        bosh(
            Web.HTTPS_PORT,
            "<body rid='"
                + (rid + 1)
                + "' sid='"
                + sid.group(1)
                + "' xmlns='http://jabber.org/protocol/httpbind'>"
                + "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
                + RawStream.base64("\0bob\0" + PASSWORD)
                + "</auth></body>");
    assertThat(answer).contains("<success");
  }

  @Test
  void bosh_behindReverseProxy_isSecureByItsWord() throws Exception {
    String open =
        "<body rid='1' to='example.test' wait='5' hold='1' ver='1.6' xmpp:version='1.0'"
            + " xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'/>";
    URI address = Web.reach(server, "http", Web.HTTP_PORT, "/http-bind");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Host", DOMAIN)
            .POST(HttpRequest.BodyPublishers.ofString(open));

    assertThat(Web.send(request.build()).body()).doesNotContain("SCRAM-SHA-256");
    request.header("X-Forwarded-Proto", "https").header("X-Forwarded-For", "192.0.2.1");
    assertThat(Web.send(request.build()).body()).contains("<mechanism>SCRAM-SHA-256</mechanism>");
  }

  @Test
  void webSocket_overHttps_logsIn() throws Exception {
    try (WebSocketClient client = WebSocketClient.open(server, DOMAIN)) {
      assertThat(client.await("features")).contains("SCRAM-SHA-256");

      client.send(
          "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
              + RawStream.base64("\0bob\0" + PASSWORD)
              + "</auth>");
      client.await("<success");
    }
  }

  @Test
  void hostMeta_overHttps_namesBoshAndWebSocket() throws Exception {
    HttpResponse<String> xml = Web.get(server, Web.HTTPS_PORT, DOMAIN, "/.well-known/host-meta");
    HttpResponse<String> json =
        Web.get(server, Web.HTTPS_PORT, DOMAIN, "/.well-known/host-meta.json");

    assertThat(xml.statusCode()).isEqualTo(200);
    assertThat(xml.body())
        .contains("urn:xmpp:alt-connections:xbosh")
        .contains("https://example.test:5281/http-bind");
    assertThat(json.body())
        .contains("urn:xmpp:alt-connections:websocket")
        .contains("xmpp-websocket");
  }

  @Test
  void metrics_switchedOn_areOpenMetrics() throws Exception {
    HttpResponse<String> metrics = Web.get(server, Web.HTTP_PORT, DOMAIN, "/metrics");

    assertThat(metrics.statusCode()).as(metrics.body()).isEqualTo(200);
    assertThat(metrics.body()).contains("prosody_mod_c2s__connections").contains("# EOF");
  }

  @Test
  void metrics_thatTheExampleWatches_areThere() throws Exception {
    Path examples = Path.of(System.getProperty("prosodyoci.it.root"), "examples/monitoring");
    Set<String> names = new TreeSet<>();
    for (String file : new String[] {"alerts.yml", "dashboard.json"}) {
      Matcher name =
          Pattern.compile("prosody_\\w+").matcher(Files.readString(examples.resolve(file)));
      while (name.find()) {
        names.add(name.group());
      }
    }
    assertThat(names).hasSizeGreaterThan(4);
    String metrics = Web.get(server, Web.HTTP_PORT, DOMAIN, "/metrics").body();
    // Some have values only after a minute; a counter's name ends in _total, its type's does not.
    assertThat(names)
        .allSatisfy(
            name ->
                assertThat(metrics).contains("# TYPE " + name.replaceFirst("_total$", "") + " "));
  }

  @Test
  void invitation_fromShell_makesAccountOnce() throws Exception {
    Command.Result invite = server.exec("prosodyctl", "shell", "invite", "create_account", DOMAIN);
    assertThat(invite.exitCode()).as(invite.output()).isZero();
    String token = Invitations.token(invite.output());

    try (RawStream stranger = RawStream.open(server, DOMAIN)) {
      assertThat(preauth(stranger, token)).contains("type='result'");
      assertThat(register(stranger, "heidi")).contains("type='result'");
    }
    Client.login(server, "heidi", PASSWORD).close();
    try (RawStream stranger = RawStream.open(server, DOMAIN)) {
      assertThat(preauth(stranger, token)).contains("type='error'");
      assertThat(register(stranger, "ivan")).contains("type='error'");
    }
  }

  @Test
  void registration_uninvited_isRefused() throws Exception {
    try (RawStream stranger = RawStream.open(server, DOMAIN)) {
      assertThat(register(stranger, "judy")).contains("type='error'").contains("invitation");
    }
    assertThatThrownBy(() -> Client.login(server, "judy", PASSWORD))
        .isInstanceOf(SASLErrorException.class);
  }

  @Test
  void rateLimit_oneClientFloods_othersAreServedAtOnce() throws Exception {
    try (RawStream flood = RawStream.login(server, "frank", PASSWORD);
        RawStream calm = RawStream.login(server, "erin", PASSWORD)) {
      String message =
          "<message to='frank@example.test/raw' type='headline'><body>"
              + "x".repeat(1000)
              + "</body></message>";
      long start = System.nanoTime();
      flood.send(message.repeat(60));
      long calmed = 0;
      for (int i = 0; i < 5; i++) {
        long before = System.nanoTime();
        calm.get("get", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>");
        calmed = Math.max(calmed, System.nanoTime() - before);
      }
      flood.get("get", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>");
      long flooded = System.nanoTime() - start;

      // 60 kB at 10 kB/s, after a burst of two seconds' worth.
      System.out.printf(
          "A flood of 60 kB took %d ms, another client's ping %d ms%n",
          flooded / 1_000_000, calmed / 1_000_000);
      assertThat(Duration.ofNanos(flooded)).isGreaterThan(Duration.ofSeconds(2));
      assertThat(Duration.ofNanos(calmed)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void adminCommand_listedAdmin_mayAndOthersMayNot() throws Exception {
    String online = "http://jabber.org/protocol/admin#get-online-users-list";
    try (Client alice = Client.login(server, "alice", PASSWORD)) {
      RemoteCommand command =
          AdHocCommandManager.getAddHocCommandsManager(alice.connection())
              .getRemoteCommand(JidCreate.domainBareFrom(DOMAIN), online);
      command.execute();
      assertThat(command.getForm()).isNotNull();
    }
    try (Client bob = Client.login(server, "bob", PASSWORD)) {
      RemoteCommand command =
          AdHocCommandManager.getAddHocCommandsManager(bob.connection())
              .getRemoteCommand(JidCreate.domainBareFrom(DOMAIN), online);
      assertThatThrownBy(command::execute)
          .isInstanceOfSatisfying(
              XMPPErrorException.class,
              e ->
                  assertThat(e.getStanzaError().getCondition())
                      .isEqualTo(StanzaError.Condition.forbidden));
    }
  }

  @Test
  void turn_secretGiven_handsOutCredentials() throws Exception {
    try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
      String services = bob.get("get", DOMAIN, "<services xmlns='urn:xmpp:extdisco:2'/>");

      Matcher turn = Pattern.compile("<service [^>]*type='turn'[^>]*>").matcher(services);
      assertThat(turn.find()).as(services).isTrue();
      assertThat(attribute(turn.group(), "host")).isEqualTo("turn.example.test");
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(TURN_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      byte[] expected =
          mac.doFinal(attribute(turn.group(), "username").getBytes(StandardCharsets.UTF_8));
      assertThat(attribute(turn.group(), "password"))
          .isEqualTo(Base64.getEncoder().encodeToString(expected));
    }
  }

  @Test
  void checkFeatures_calls_areAllThere() {
    Command.Result check = server.exec("prosodyctl", "check", "features");

    assertThat(check.exitCode()).as(check.output()).isZero();
    assertThat(check.output()).contains("OK\tAudio/video calls").doesNotContain("MISSING");
  }

  @Test
  void ownModule_inVolume_isLoaded() throws Exception {
    try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
      assertThat(bob.get("get", DOMAIN, "<query xmlns='http://jabber.org/protocol/disco#info'/>"))
          .contains("urn:example:greeting");
    }
  }

  private static String bosh(int port, String body) throws IOException {
    URI address = URI.create("https://" + DOMAIN + ":" + port + "/http-bind");
    HttpResponse<String> response =
        Web.send(
            Web.request(server, address)
                .header("Content-Type", "text/xml; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body().replace('"', '\'');
  }

  private static HttpResponse<String> put(Slot slot, byte[] content) throws Exception {
    HttpRequest.Builder request =
        Web.request(server, slot.getPutUrl().toURI())
            .header("Content-Type", "text/plain")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(content));
    slot.getHeaders().forEach(request::header);
    return Web.send(request.build());
  }

  /** Runs the daily task that removes old uploads, as if so many days had passed. */
  private static void cleanUploads(double days) {
    String lua =
        "> for _, t in ipairs(require \"prosody.core.modulemanager\".get_module(\"upload."
            + DOMAIN
            + "\", \"http_file_share\").module:get_host_items(\"task\")) do"
            + " if t.name == \"Remove expired files\" then t:run(os.time() + math.floor("
            + days
            + " * 86400)) end end";
    Command.Result result = server.exec("prosodyctl", "shell", lua);
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  private static String preauth(RawStream stranger, String token) throws IOException {
    return stranger.get("set", DOMAIN, "<preauth xmlns='urn:xmpp:pars:0' token='" + token + "'/>");
  }

  private static String register(RawStream stranger, String user) throws IOException {
    return stranger.get(
        "set",
        DOMAIN,
        "<query xmlns='jabber:iq:register'><username>"
            + user
            + "</username><password>"
            + PASSWORD
            + "</password></query>");
  }

  private static String attribute(String tag, String name) {
    Matcher value = Pattern.compile(" " + name + "='([^']*)'").matcher(tag);
    assertThat(value.find()).as(name + " in " + tag).isTrue();
    return value.group(1);
  }
}
