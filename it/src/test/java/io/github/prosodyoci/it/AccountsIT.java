package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets an account, and what a new password ends. */
class AccountsIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String OLD = "wonderland";
  private static final String NEW = "looking-glass";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static Container server;

  @BeforeAll
  static void start() {
    StringBuilder accounts = new StringBuilder();
    for (String user :
        new String[] {"alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"}) {
      accounts.append(user + "@" + DOMAIN + ":" + OLD + "\n");
    }
    server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", accounts.toString())
            .env("PROSODY_ADMINS", "alice@" + DOMAIN + ", Boss@" + DOMAIN)
            .start();
    ProsodyImage.awaitClient(server);
    server.log().await("boss@" + DOMAIN, LIMIT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void start_administratorWithoutAccount_warnsWithTheCommand() {
    assertThat(server.log().lines())
        .filteredOn(line -> line.contains("has no account"))
        .singleElement()
        .asString()
        .contains("warn", "prosodyctl adduser boss@example.test");
  }

  @Test
  void invitation_forOneName_registersNoOther() throws Exception {
    try (RawStream guest = invited("create_account", "judy@" + DOMAIN)) {
      assertThat(register(guest, "mallory")).contains("type='error'", "another user name");
      assertThat(register(guest, "boss")).contains("type='error'");
      assertThat(register(guest, "judy")).contains("type='result'");
    }
    assertNoAccount("mallory");
    Client.login(server, "judy", NEW).close();
  }

  @Test
  void invitation_nameInCapitals_registersThatName() throws Exception {
    try (RawStream guest = invited("create_account", "Ken@" + DOMAIN)) {
      assertThat(register(guest, "ken")).contains("type='result'");
    }
    Client.login(server, "ken", NEW).close();
  }

  @Test
  void invitation_shownByTwo_makesOneAccount() throws Exception {
    String token = token("create_account", DOMAIN);
    try (RawStream first = show(token);
        RawStream second = show(token)) {
      assertThat(register(first, "leo")).contains("type='result'");
      assertThat(register(second, "mallory2")).contains("type='error'", "not valid any more");
    }
    assertNoAccount("mallory2");
  }

  @Test
  void invitation_ofTheWholeHost_makesNoAdministrator() throws Exception {
    try (RawStream guest = invited("create_account", DOMAIN)) {
      assertThat(register(guest, "boss")).contains("type='error'");
      assertThat(register(guest, "BOSS")).contains("type='error'");
      assertThat(register(guest, "mike")).contains("type='result'");
    }
    assertNoAccount("boss");
    server.log().await("Refused to register boss@example.test", LIMIT);

    for (String role : new String[] {"--role=prosody:admin", "--role=prosody:operator"}) {
      Command.Result refused =
          server.exec("prosodyctl", "shell", "invite", "create_account", DOMAIN, role);
      assertThat(refused.output()).contains("cannot make an administrator");
      assertThat(refused.output()).doesNotContain("/invite/");
    }
  }

  @Test
  void invitation_asAdministratorByName_makesOne() throws Exception {
    try (RawStream guest = invited("create_account", "nina@" + DOMAIN, "--role=prosody:admin")) {
      assertThat(register(guest, "nina")).contains("type='result'");
    }
    assertThat(shell("user:role('nina@" + DOMAIN + "')")).contains("prosody:admin");
  }

  @Test
  void registration_openToAll_refusesAdministrators() throws Exception {
    Volume etc =
        Volume.create()
            .write(
                "conf.d/open.cfg.lua",
                "allow_registration = true\nregistration_invite_only = false\n"
                    + "modules_enabled:append { 'register_ibr' }\n");
    try (Container open =
        ProsodyImage.server()
            .env("PROSODY_ADMINS", "boss@" + DOMAIN)
            .volume(etc, "/etc/prosody")
            .start()) {
      ProsodyImage.awaitClient(open);
      try (RawStream stranger = RawStream.open(open, DOMAIN)) {
        assertThat(register(stranger, "boss")).contains("type='error'");
        assertThat(register(stranger, "olga")).contains("type='result'");
      }
      assertThat(open.exec("prosodyctl", "shell", "user:list('" + DOMAIN + "')").output())
          .contains("olga@")
          .doesNotContain("boss@");
    }
  }

  @Test
  void reset_byInvitation_endsEverySessionAndIsGoodOnce() throws Exception {
    try (RawStream thief = RawStream.login(server, "bob", OLD);
        RawStream owner = invited("create_reset", "bob@" + DOMAIN)) {
      assertThat(register(owner, "carol")).contains("type='error'");
      assertThat(register(owner, "bob")).contains("type='result'");

      thief.await("<stream:error", "reset");
      assertThat(register(owner, "bob")).contains("type='error'", "not valid any more");
    }
    assertThatThrownBy(() -> Client.login(server, "bob", OLD))
        .isInstanceOf(SASLErrorException.class);
    Client.login(server, "bob", NEW).close();
  }

  @Test
  void reset_ofDisabledAccount_leavesItDisabled() throws Exception {
    shell("user:disable('heidi@" + DOMAIN + "')");
    try (RawStream owner = invited("create_reset", "heidi@" + DOMAIN)) {
      assertThat(register(owner, "heidi")).contains("type='result'");
    }
    assertThatThrownBy(() -> Client.login(server, "heidi", NEW))
        .isInstanceOf(SASLErrorException.class);
  }

  @Test
  void reset_ofNobody_isRefused() throws Exception {
    Command.Result refused =
        server.exec("prosodyctl", "shell", "invite", "create_reset", "nobody@" + DOMAIN);
    assertThat(refused.output()).contains("no account nobody@").doesNotContain("/invite/");

    try (RawStream late = invited("create_reset", "grace@" + DOMAIN)) {
      shell("user:delete('grace@" + DOMAIN + "')");
      assertThat(register(late, "grace")).contains("type='error'", "does not exist");
    }
    assertNoAccount("grace");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shell", "ad-hoc"})
  void passwordChange_byAdministrator_endsEverySession(String way) throws Exception {
    String user = way.equals("shell") ? "carol" : "dave";
    try (RawStream first = RawStream.login(server, user, OLD);
        Client second = Client.login(server, user, OLD, "second")) {
      if (way.equals("shell")) {
        shell("user:password('" + user + "@" + DOMAIN + "', '" + NEW + "')");
      } else {
        changeByCommand(user);
      }

      first.await("<stream:error", "reset");
      awaitEnd(second);
    }
    Client.login(server, user, NEW).close();
  }

  @Test
  void passwordChange_byItsOwner_keepsThatSessionOnly() throws Exception {
    try (RawStream own = RawStream.login(server, "erin", OLD);
        Client other = Client.login(server, "erin", OLD, "other")) {
      assertThat(register(own, "erin")).contains("type='result'");

      awaitEnd(other);
      assertThat(own.get("get", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>")).contains("type='result'");
    }
  }

  private static void changeByCommand(String user) throws IOException {
    String command =
        "<command xmlns='http://jabber.org/protocol/commands'"
            + " node='http://jabber.org/protocol/admin#change-user-password'";
    try (RawStream alice = RawStream.login(server, "alice", OLD)) {
      String form = alice.get("set", DOMAIN, command + " action='execute'/>");
      Matcher session = Pattern.compile("sessionid='([^']+)'").matcher(form);
      assertThat(session.find()).as(form).isTrue();
      String answer =
          alice.get(
              "set",
              DOMAIN,
              command
                  + (" action='complete' sessionid='" + session.group(1) + "'>")
                  + "<x xmlns='jabber:x:data' type='submit'>"
                  + field("FORM_TYPE", "http://jabber.org/protocol/admin")
                  + field("accountjid", user + "@" + DOMAIN)
                  + field("password", NEW)
                  + "</x></command>");
      assertThat(answer).contains("successfully changed");
    }
  }

  private static String field(String name, String value) {
    return "<field var='" + name + "'><value>" + value + "</value></field>";
  }

  /** Returns a stranger's stream on which an invitation that was just made has been shown. */
  private static RawStream invited(String command, String... arguments) throws IOException {
    return show(token(command, arguments));
  }

  private static RawStream show(String token) throws IOException {
    RawStream guest = RawStream.open(server, DOMAIN);
    String preauth = "<preauth xmlns='urn:xmpp:pars:0' token='" + token + "'/>";
    assertThat(guest.get("set", DOMAIN, preauth)).contains("type='result'");
    return guest;
  }

  private static String token(String command, String... arguments) {
    String[] words = new String[4 + arguments.length];
    System.arraycopy(new String[] {"prosodyctl", "shell", "invite", command}, 0, words, 0, 4);
    System.arraycopy(arguments, 0, words, 4, arguments.length);
    Command.Result result = server.exec(words);
    return Invitations.token(result.output());
  }

  private static String register(RawStream stream, String user) throws IOException {
    return stream.get(
        "set",
        DOMAIN,
        "<query xmlns='jabber:iq:register'><username>"
            + user
            + "</username><password>"
            + NEW
            + "</password></query>");
  }

  private static String shell(String command) {
    Command.Result result = server.exec("prosodyctl", "shell", command);
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private static void assertNoAccount(String user) {
    assertThat(shell("user:list('" + DOMAIN + "')")).doesNotContain(user + "@");
  }

  private static void awaitEnd(Client client) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (client.connection().isConnected()) {
      assertThat(System.nanoTime()).as("the session is still there").isLessThan(end);
      Thread.sleep(20);
    }
  }
}
