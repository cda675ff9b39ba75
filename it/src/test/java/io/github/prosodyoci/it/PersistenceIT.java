package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smackx.blocking.BlockingCommandManager;
import org.jivesoftware.smackx.mam.MamManager;
import org.jivesoftware.smackx.muc.MultiUserChat;
import org.jivesoftware.smackx.muc.MultiUserChatManager;
import org.jivesoftware.smackx.vcardtemp.VCardManager;
import org.jivesoftware.smackx.vcardtemp.packet.VCard;
import org.jivesoftware.smackx.xdata.form.FillableForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxmpp.jid.EntityBareJid;
import org.jxmpp.jid.impl.JidCreate;
import org.jxmpp.jid.parts.Resourcepart;

/** What users leave on a server is there after a restart, whatever it is kept in. */
class PersistenceIT {

  private static final String PASSWORD = "wonderland";
  private static final String PROXY = "xmpp.example.test";
  private static final String UPLOADED = "kept in a volume";

  @ParameterizedTest
  @ValueSource(strings = {"internal", "sql"})
  void restart_sameVolume_knowsWhatUsersLeft(String storage) throws Exception {
    Volume data = Volume.create();

    restart(() -> ProsodyImage.server().env("PROSODY_STORAGE", storage), data);

    if (storage.equals("sql")) {
      assertThat(data.folder().toFile().list())
          .contains("prosody.sqlite")
          .doesNotContain("example%2etest");
    }
  }

  /** Leaves something of every kind on a server, and looks for it on the next one. */
  static void restart(Supplier<ContainerBuilder> image, Volume data) throws Exception {
    EntityBareJid room = JidCreate.entityBareFrom("den@conference.example.test");
    URI upload;
    try (Container server = start(image.get(), data)) {
      try (Client alice = Client.login(server, "alice", PASSWORD);
          Client bob = Client.login(server, "bob", PASSWORD)) {
        alice.subscribe(bob.jid(), "Bob");
        bob.subscribe(alice.jid(), "Alice");
        alice.awaitRoster("bob@example.test \"Bob\" both [friends]");
        for (int i = 0; i < 5; i++) {
          alice.send(bob.jid(), "message " + i);
          bob.receive();
        }
        makeRoom(alice, room);
        MultiUserChat asBob = room(bob, room);
        asBob.join(Resourcepart.from("b"));
        asBob.sendMessage("to the room");
        assertThat(next(asBob)).isEqualTo("to the room");
        BlockingCommandManager.getInstanceFor(bob.connection())
            .blockContacts(List.of(JidCreate.bareFrom("spam@elsewhere.test")));
        VCard card = new VCard();
        card.setNickName("Al");
        VCardManager.getInstanceFor(alice.connection()).saveVCard(card);
      }
      try (Client alice = Client.login(server, "alice", PASSWORD)) {
        alice.send(Client.jid("carol"), "for later");
      }
      try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
        publish(bob);
        upload = upload(server, bob);
      }
      assertThat(server.stop(Duration.ofSeconds(5))).as(server.log().text()).isZero();
      assertThat(server.log().lines()).noneMatch(line -> line.matches("\\S+\\s+error\\s.*"));
    }

    try (Container server = start(image.get(), data)) {
      try (Client carol = Client.login(server, "carol", PASSWORD)) {
        assertThat(carol.receive()).isEqualTo("alice@example.test: for later");
      }
      try (Client alice = Client.login(server, "alice", PASSWORD);
          Client bob = Client.login(server, "bob", PASSWORD)) {
        alice.awaitRoster("bob@example.test \"Bob\" both [friends]");
        assertThat(archive(bob, alice.jid()))
            .containsExactly("message 0", "message 1", "message 2", "message 3", "message 4");
        MultiUserChat asAlice = room(alice, room);
        asAlice.join(Resourcepart.from("a"));
        assertThat(next(asAlice)).isEqualTo("to the room");
        assertThat(asAlice.getOwners().get(0).getJid().toString()).isEqualTo("alice@example.test");
        assertThat(
                BlockingCommandManager.getInstanceFor(bob.connection()).getBlockList().toString())
            .isEqualTo("[spam@elsewhere.test]");
        assertThat(
                VCardManager.getInstanceFor(bob.connection()).loadVCard(alice.jid()).getNickName())
            .isEqualTo("Al");
      }
      try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
        assertPublished(bob);
      }
      assertThat(Web.send(proxied(server, upload).GET().build()).body()).isEqualTo(UPLOADED);
      try (Client bob = Client.login(server, "bob", PASSWORD)) {
        expire(server, 1);
        assertThat(archive(bob, Client.jid("alice"))).hasSize(5);
        expire(server, 3);
        assertThat(archive(bob, Client.jid("alice"))).isEmpty();
      }
    }
  }

  @Test
  void start_databaseThatCannotBeOpened_endsAndSaysSo() {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_STORAGE", "sql")
            .env("PROSODY_SQL_DB", "/nowhere/prosody.sqlite")
            .start()) {
      assertThat(server.awaitExit(Duration.ofSeconds(10))).as(server.log().text()).isEqualTo(1);
      assertThat(server.log().text()).contains("The storage of example.test could not be loaded");
    }
  }

  private static Container start(ContainerBuilder image, Volume data) {
    ContainerBuilder builder =
        image
            .env("PROSODY_ARCHIVE_EXPIRY_DAYS", "2")
            .env("PROSODY_HTTP_EXTERNAL_URL", "https://" + PROXY + "/")
            .env("PROSODY_NETWORK_HOSTNAME", PROXY)
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .env(
                "PROSODY_ACCOUNTS",
                "alice@example.test:wonderland\nbob@example.test:wonderland\n"
                    + "carol@example.test:wonderland\n")
            .volume(data, ProsodyImage.DATA);
    Container server = builder.start();
    ProsodyImage.awaitClient(server);
    return server;
  }

  private static MultiUserChat room(Client client, EntityBareJid room) {
    return MultiUserChatManager.getInstanceFor(client.connection()).getMultiUserChat(room);
  }

  private static void makeRoom(Client owner, EntityBareJid name) throws Exception {
    MultiUserChat room = room(owner, name);
    room.create(Resourcepart.from("a"));
    FillableForm form = room.getConfigurationForm().getFillableForm();
    form.setAnswer("muc#roomconfig_persistentroom", true);
    form.setAnswer("muc#roomconfig_roomname", "The den");
    room.sendConfigurationForm(form);
  }

  /** Returns the next message with a text; a subject is a message, too. */
  private static String next(MultiUserChat room) throws Exception {
    while (true) {
      Message message = room.nextMessage(10_000);
      assertThat(message).as("a message of the room").isNotNull();
      if (message.getBody() != null) {
        return message.getBody();
      }
    }
  }

  /** Asks for all messages with another user, two at a time (XEP-0313, XEP-0059). */
  static List<String> archive(Client client, EntityBareJid other) throws Exception {
    MamManager.MamQuery query =
        MamManager.getInstanceFor(client.connection())
            .queryArchive(
                MamManager.MamQueryArgs.builder()
                    .limitResultsToJid(other)
                    .setResultPageSizeTo(2)
                    .build());
    List<Message> messages = new ArrayList<>(query.getMessages());
    while (!query.isComplete()) {
      List<Message> page = query.pageNext(2);
      assertThat(page).hasSizeLessThanOrEqualTo(2);
      messages.addAll(page);
    }
    return messages.stream().map(Message::getBody).filter(body -> body != null).toList();
  }

  /** Publishes a bookmark (XEP-0402), an avatar (XEP-0084) and private data (XEP-0049). */
  static void publish(RawStream bob) throws Exception {
    assertThat(
            bob.get(
                "set",
                null,
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:bookmarks:1'>"
                    + "<item id='den@conference.example.test'><conference xmlns='urn:xmpp:bookmarks:1'"
                    + " name='The den' autojoin='true'/></item></publish></pubsub>"))
        .contains("type='result'");
    String hash = "2ef7bde608ce5404e97d5f042f95f89f1c232871"; // SHA-1 of "Hello World!"
    assertThat(
            bob.get(
                "set",
                null,
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:avatar:data'><item id='"
                    + hash
                    + "'><data xmlns='urn:xmpp:avatar:data'>SGVsbG8gV29ybGQh</data></item></publish></pubsub>"))
        .contains("type='result'");
    assertThat(
            bob.get(
                "set",
                null,
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:avatar:metadata'><item id='"
                    + hash
                    + "'><metadata xmlns='urn:xmpp:avatar:metadata'><info bytes='12' id='"
                    + hash
                    + "' type='image/png'/></metadata></item></publish></pubsub>"))
        .contains("type='result'");
    assertThat(
            bob.get(
                "set",
                null,
                "<query xmlns='jabber:iq:private'><note xmlns='urn:example:note'>remember</note></query>"))
        .contains("type='result'");
  }

  static void assertPublished(RawStream bob) throws Exception {
    assertThat(
            bob.get(
                "get",
                null,
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub>"))
        .contains("name='The den'");
    // The bookmark again as older clients ask for it (XEP-0048), and the avatar in the vCard
    // (XEP-0398).
    assertThat(
            bob.get(
                "get",
                null,
                "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>"))
        .contains("den@conference.example.test");
    assertThat(bob.get("get", null, "<vCard xmlns='vcard-temp'/>")).contains("SGVsbG8gV29ybGQh");
    assertThat(
            bob.get(
                "get",
                null,
                "<query xmlns='jabber:iq:private'><note xmlns='urn:example:note'/></query>"))
        .contains("remember");
  }

  /** Uploads a file through the address that a reverse proxy serves, and returns where it lies. */
  private static URI upload(Container server, RawStream bob) throws Exception {
    String slot =
        bob.get(
            "get",
            "upload.example.test",
            "<request xmlns='urn:xmpp:http:upload:0' filename='note.txt' size='"
                + UPLOADED.length()
                + "' content-type='text/plain'/>");
    URI put = URI.create(found(slot, "<put url='([^']+)'"));
    assertThat(put.toString()).startsWith("https://" + PROXY + "/");
    String authorization = found(slot, "<header name='Authorization'>([^<]+)<");
    assertThat(
            Web.send(
                    proxied(server, put)
                        .header("Authorization", authorization)
                        .header("Content-Type", "text/plain")
                        .PUT(HttpRequest.BodyPublishers.ofString(UPLOADED))
                        .build())
                .statusCode())
        .isEqualTo(201);
    return URI.create(found(slot, "<get url='([^']+)'"));
  }

  /** Returns a request as a reverse proxy passes it on: in the clear, to the HTTP port. */
  private static HttpRequest.Builder proxied(Container server, URI address) {
    return HttpRequest.newBuilder(Web.reach(server, "http", Web.HTTP_PORT, address.getRawPath()))
        .header("Host", address.getHost())
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-For", "192.0.2.1");
  }

  /** Runs the archive's daily task as if so many days had passed; messages are kept for two. */
  private static void expire(Container server, int days) throws InterruptedException {
    long before = expiries(server);
    Command.Result result =
        server.exec(
            "prosodyctl",
            "shell",
            "> now = now or os.time; os.time = function(t) return t and now(t) or now() + "
                + days
                + " * 86400 end;"
                + " local run = require \"prosody.util.async\".runner(function(t) t:run(os.time()) end);"
                + " for _, t in ipairs(require \"prosody.core.modulemanager\""
                + ".get_module(\"example.test\", \"mam\").module:get_host_items(\"task\")) do"
                + " if t.name == \"Remove expired messages\" then run:run(t) end end");
    assertThat(result.exitCode()).as(result.output()).isZero();
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (expiries(server) == before) {
      assertThat(System.nanoTime()).as(server.log().text()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static long expiries(Container server) {
    return server.log().lines().stream()
        .filter(line -> line.matches("example\\.test:mam\\s.*Deleted .* expired messages.*"))
        .count();
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern + " in " + text).isTrue();
    return matcher.group(1);
  }
}
