package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jivesoftware.smack.roster.Roster;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The web page that an invitation's link opens. */
class InvitationsIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String PASSWORD = "correct horse 🐎";

  private static Container server;

  @BeforeAll
  static void start() {
    server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "alice@" + DOMAIN + ":secret\nbob@" + DOMAIN + ":secret")
            .env("PROSODY_ADMINS", "boss@" + DOMAIN)
            // So that each test can be a client of its own.
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .start();
    ProsodyImage.awaitClient(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"390, 844", "1280, 800"})
  void page_inABrowserWithoutScripts_makesTheAccount(int width, int height) throws Exception {
    URI link = invite("create_account", DOMAIN);
    try (Browser browser = Browser.open(server, DOMAIN, Web.HTTPS_PORT)) {
      browser.withoutScripts();
      browser.size(width, height);
      browser.go(link.toString());

      assertThat(browser.text()).contains("Invitation to " + DOMAIN, "Conversations", "Monal");
      browser.picture(Path.of("target/invitation-" + width + ".png"));
      assertFits(browser, width);
      assertThat(browser.evaluate("document.querySelector('a.button').href").asText())
          .matches("xmpp:" + DOMAIN + "\\?register;preauth=[\\w-]{24}");

      fill(browser, "wide" + width, PASSWORD, "another password");
      assertThat(browser.text()).contains("The two passwords differ.");
      assertThat(browser.evaluate("document.querySelector('#username').value").asText())
          .isEqualTo("wide" + width);
      fill(browser, "wide" + width, PASSWORD, PASSWORD);
      assertThat(browser.text()).contains("Your account is ready", "wide" + width + "@" + DOMAIN);
      assertFits(browser, width);
      // The browser's own log names each answer that is not a success; the first form got 400.
      assertThat(browser.problems()).singleElement().asString().contains("status of 400");
    }
    Client.login(server, "wide" + width, PASSWORD).close();
    assertThat(get(link).statusCode()).as("used").isEqualTo(404);
  }

  private static void fill(Browser browser, String user, String password, String again)
      throws IOException {
    browser.type("#username", user);
    browser.type("#password", password);
    browser.type("#again", again);
    browser.press("form button");
  }

  /** Nothing to scroll sideways, nothing too small for a thumb, and the style is used. */
  private static void assertFits(Browser browser, int width) throws IOException {
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(width);
    assertThat(
            browser
                .evaluate(
                    "[...document.querySelectorAll('.button, button, input')]"
                        + ".every(each => each.getBoundingClientRect().height >= 44)")
                .asBoolean())
        .isTrue();
    assertThat(
            browser.evaluate("getComputedStyle(document.querySelector('main')).maxWidth").asText())
        .isEqualTo("576px");
  }

  @Test
  void page_itsHeaders_keepTheTokenFromOthers() throws Exception {
    HttpResponse<String> page = get(invite("create_account", DOMAIN));

    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; style-src 'sha256-")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(page.body()).doesNotContain("<script", "src=");
  }

  @Test
  void page_withoutEncryption_showsAndTakesNothing() throws Exception {
    URI link = invite("create_account", DOMAIN);
    URI plain = URI.create("http://" + DOMAIN + ":" + Web.HTTP_PORT + link.getPath());

    assertThat(Web.get(server, Web.HTTP_PORT, DOMAIN, link.getPath()))
        .returns(403, HttpResponse::statusCode)
        .satisfies(answer -> assertThat(answer.body()).contains("HTTPS").doesNotContain("preauth"));
    assertThat(send(plain, "192.0.2.20", "plain", PASSWORD).statusCode()).isEqualTo(403);
    assertThat(get(link).statusCode()).as("still good").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "x/y", "AAAAAAAAAAAAAAAAAAAAAAAA"})
  void page_ofNoInvitation_saysSo(String token) throws Exception {
    HttpResponse<String> page = Web.get(server, Web.HTTPS_PORT, DOMAIN, "/invite/" + token);

    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.body()).contains("not valid", "Ask for another");
  }

  @Test
  void form_ofOneName_makesThatAccountOnly() throws Exception {
    URI link = invite("create_account", "judy@" + DOMAIN);
    assertThat(get(link).body()).contains("value=\"judy@" + DOMAIN + "\"");

    assertThat(send(link, "192.0.2.21", "mallory", PASSWORD))
        .returns(403, HttpResponse::statusCode)
        .satisfies(answer -> assertThat(answer.body()).contains("for another user name"));
    assertThat(send(link, "192.0.2.21", "judy@" + DOMAIN, PASSWORD).statusCode()).isEqualTo(201);
    assertThat(send(link, "192.0.2.21", "judy", PASSWORD).statusCode()).isEqualTo(404);
    Client.login(server, "judy", PASSWORD).close();
    assertThat(server.exec("prosodyctl", "shell", "user", "list", DOMAIN).output())
        .doesNotContain("mallory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alice | correct horse | correct horse | 409 | taken",
        "boss | correct horse | correct horse | 403 | cannot be registered",
        "carl | short | short | 400 | fewer than 8",
        "carl | correct horse | battery staple | 400 | differ",
        "carl@elsewhere.test | correct horse | correct horse | 400 | cannot be used",
        "'c<b>l' | correct horse | correct horse | 400 | c&lt;b&gt;l",
        "'' | correct horse | correct horse | 400 | cannot be used",
      })
  void form_thatCannotBeTaken_saysWhyAndKeepsTheInvitation(
      String user, String password, String again, int status, String reason) throws Exception {
    URI link = invite("create_account", DOMAIN);
    // An address each, so that none is slowed down.
    String address =
        "2001:db8:0:" + Integer.toHexString((user + password + again).hashCode() >>> 16) + "::1";

    HttpResponse<String> answer = send(link, address, user, password, again);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(reason).doesNotContain("c<b>l");
    assertThat(get(link).statusCode()).isEqualTo(200);
  }

  @Test
  void form_sentOften_isSlowedDownByAddress() throws Exception {
    URI link = invite("create_account", DOMAIN);
    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      // One household: 2001:db8:1:1::/64.
      answers.add(send(link, "2001:db8:1:1::" + i, "alice", PASSWORD).statusCode());
    }

    assertThat(answers.subList(0, 10)).containsOnly(409);
    assertThat(answers.get(11)).isEqualTo(429);
    assertThat(send(link, "2001:db8:1:2::1", "dora", PASSWORD).statusCode()).isEqualTo(201);
  }

  @Test
  void form_ofAReset_setsThePassword() throws Exception {
    Command.Result made =
        server.exec("prosodyctl", "shell", "invite", "create_reset", "bob@" + DOMAIN);
    URI link = Invitations.link(made.output());
    assertThat(get(link).body()).contains("A new password", "bob@" + DOMAIN);

    assertThat(send(link, "192.0.2.22", "alice", PASSWORD).statusCode()).isEqualTo(403);
    assertThat(send(link, "192.0.2.22", "bob", PASSWORD).statusCode()).isEqualTo(200);
    assertThat(send(link, "192.0.2.22", "bob", PASSWORD).statusCode()).isEqualTo(404);

    Client.login(server, "bob", PASSWORD).close();
    assertThatThrownBy(() -> Client.login(server, "bob", "secret"))
        .isInstanceOf(SASLErrorException.class);
    Client.login(server, "alice", "secret").close();
  }

  @Test
  void form_ofAContactsInvitation_makesThemContacts() throws Exception {
    URI link = invite("create_contact", "alice@" + DOMAIN, "--allow_registration=true");
    assertThat(get(link).body()).contains("alice@" + DOMAIN + " invites you");

    assertThat(send(link, "192.0.2.23", "ella", PASSWORD).statusCode()).isEqualTo(201);

    try (Client ella = Client.login(server, "ella", PASSWORD)) {
      Roster roster = Roster.getInstanceFor(ella.connection());
      roster.reloadAndWait();
      assertThat(roster.getEntries())
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.getJid().toString()).isEqualTo("alice@" + DOMAIN);
                assertThat(entry.canSeeHisPresence()).isTrue();
              });
    }
  }

  @Test
  void link_switchedOff_isOneForApps() throws Exception {
    try (Container off = ProsodyImage.server().env("PROSODY_INVITES_PAGE", "off").start()) {
      ProsodyImage.awaitClient(off);
      String output = off.exec("prosodyctl", "shell", "invite", "create_account", DOMAIN).output();

      assertThat(output).contains("xmpp:" + DOMAIN + "?register").doesNotContain("http");
    }
  }

  @Test
  void link_twoHostsBehindAProxy_leadsToTheHostOfTheInvitation() throws Exception {
    try (Container proxied =
        ProsodyImage.server()
            .env("PROSODY_VIRTUAL_HOSTS", DOMAIN + ",other.test")
            .env("PROSODY_HTTP_EXTERNAL_URL", "https://xmpp.test/")
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .start()) {
      ProsodyImage.awaitClient(proxied);
      for (String host : List.of(DOMAIN, "other.test")) {
        URI link =
            Invitations.link(
                proxied.exec("prosodyctl", "shell", "invite", "create_account", host).output());
        assertThat(link.toString()).startsWith("https://xmpp.test/invite/");
        HttpRequest request =
            Web.request(proxied, URI.create("http://xmpp.test:" + Web.HTTP_PORT + link.getPath()))
                .header("X-Forwarded-For", "192.0.2.30")
                .header("X-Forwarded-Proto", "https")
                .build();

        assertThat(Web.send(request).body()).contains("Invitation to " + host);
      }
    }
  }

  private static URI invite(String command, String... arguments) {
    List<String> words = new ArrayList<>(List.of("prosodyctl", "shell", "invite", command));
    words.addAll(List.of(arguments));
    return Invitations.link(server.exec(words.toArray(String[]::new)).output());
  }

  private static HttpResponse<String> get(URI link) throws IOException {
    return Web.send(Web.request(server, link).GET().build());
  }

  private static HttpResponse<String> send(URI link, String address, String user, String password)
      throws IOException {
    return send(link, address, user, password, password);
  }

  private static HttpResponse<String> send(
      URI link, String address, String user, String password, String again) throws IOException {
    String form =
        "username=" + encoded(user) + "&password=" + encoded(password) + "&again=" + encoded(again);
    return Web.send(
        Web.request(server, link)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Forwarded-For", address)
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
