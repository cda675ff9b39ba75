package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real web client, Converse.js, in a real browser. */
class WebClientIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String CLIENT = "converse.js-14.0.0.tgz";
  private static final String SHA256 =
      "634f31fa0f7b0e47f1abc60d870ff6805c737577399920ebe92da4c7e5bcaff0";

  private static Path folder;
  private static Container server;

  @BeforeAll
  static void start() throws Exception {
    folder = Workspace.newFolder("converse");
    Tools.require("chromium");
    Command.of(Tools.require("npm"), "pack", "--silent", "converse.js@14.0.0").in(folder).output();
    byte[] content = Files.readAllBytes(folder.resolve(CLIENT));
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    assertThat(digest).as(CLIENT).isEqualTo(SHA256);
    Command.of("tar", "-xzf", CLIENT).in(folder).output();
    server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "alice@" + DOMAIN + ":secret\nbob@" + DOMAIN + ":secret")
            .start();
    ProsodyImage.awaitClient(server);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "websocket_url, wss://example.test:5281/xmpp-websocket",
    "bosh_service_url, https://example.test:5281/http-bind"
  })
  void converse_inChromium_logsInAndChats(String option, String address) throws Exception {
    write(option, address);
    try (FolderServer files = new FolderServer(folder);
        Client bob = Client.login(server, "bob", "secret");
        Browser browser = Browser.open(server, DOMAIN, Web.HTTPS_PORT)) {
      browser.size(1280, 800);
      browser.go(files.url() + "/" + option + ".html");
      browser.await("window.api && window.api.connection.connected()");

      browser.evaluate("window.api.chats.open('bob@" + DOMAIN + "', {}, true).then(() => true)");
      browser.await("document.querySelector('.chat-textarea')");
      String words = "from a browser over " + option;
      browser.evaluate(
          "{ const box = document.querySelector('.chat-textarea'); box.value = '"
              + words
              + "'; box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13,"
              + " bubbles: true, cancelable: true })); }");
      assertThat(bob.receive()).endsWith(": " + words);
      bob.send(Client.jid("alice"), "to a browser over " + option);
      browser.await("document.body.innerText.includes('to a browser over " + option + "')");
      browser.picture(Path.of("target/converse-" + option + ".png"));
    }
  }

  private static void write(String option, String address) throws IOException {
    Files.writeString(
        folder.resolve(option + ".html"),
        """
        <!DOCTYPE html>
        <meta charset="utf-8">
        <title>Converse</title>
        <link rel="stylesheet" href="package/dist/converse.min.css">
        <body>
        <script type="module">
        import './package/dist/converse.min.js';
        converse.plugins.add('test', { initialize() { window.api = this._converse.api; } });
        converse.initialize({
          authentication: 'login', auto_login: true, jid: 'alice@example.test', password: 'secret',
          discover_connection_methods: false, keepalive: false, play_sounds: false,
          view_mode: 'fullscreen', whitelisted_plugins: ['test'], i18n: 'en',
          assets_path: 'package/dist/', %s: '%s',
        });
        </script>
        """
            .formatted(option, address));
  }
}
