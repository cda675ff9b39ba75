package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A long archive in files: nothing of it is lost, and what it costs does not grow with it. */
class ArchiveIT {

  private static final String PASSWORD = "secret";
  private static final int MESSAGES = 12_000;

  /**
   * Run by the server: appends messages to an archive, asks for those after the last but one, and
   * prints how many there are of both, and the processor time of that search in ms.
   */
  private static final String FILL =
      "local s = require 'prosody.core.storagemanager'.open('example.test', 'archive', 'archive')"
          + " local st = require 'prosody.util.stanza'"
          + " local m = st.message({ from = 'a@example.test', to = 'me@example.test' }, ('x'):rep(100))"
          + " local n, key, before = %d, nil, nil"
          + " for i = 1, n do before = key; key = assert(s:append('me', nil, m, os.time(), 'a@example.test')) end"
          + " local count, t = 0, os.clock()"
          + " for _ in assert(s:find('me', { after = before })) do count = count + 1 end"
          + " local search = os.clock() - t"
          + " local found = 0; for _ in assert(s:find('me', {})) do found = found + 1 end"
          + " return ('found %%d, after %%d, search %%.3f'):format(found, count, search * 1000)";

  @Test
  void files_moreThanTenThousandMessages_areAllKeptAndSearchedFromTheEnd() throws Exception {
    Volume data = Volume.create();
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "me@example.test:" + PASSWORD + "\na@example.test:" + PASSWORD)
            .volume(data, ProsodyImage.DATA)
            .start()) {
      ProsodyImage.awaitClient(server);
      String output = server.exec("prosodyctl", "shell", "> " + FILL.formatted(MESSAGES)).output();
      System.out.println("An archive of " + MESSAGES + " messages: " + output.strip());

      assertThat(output).contains("found " + MESSAGES + ",").contains("after 1,");
      Matcher search = Pattern.compile("search ([0-9.]+)").matcher(output);
      assertThat(search.find()).isTrue();
      // Reading all of it takes several hundred milliseconds.
      assertThat(Double.parseDouble(search.group(1))).isLessThan(20);

      try (RawStream a = RawStream.login(server, "a", PASSWORD)) {
        a.send("<message type='chat' to='me@example.test'><body>one more</body></message>");
        a.get("get", "example.test", "<ping xmlns='urn:xmpp:ping'/>");
      }
      try (RawStream me = RawStream.login(server, "me", PASSWORD)) {
        me.send(
            "<iq type='set' id='last'><query xmlns='urn:xmpp:mam:2'>"
                + "<set xmlns='http://jabber.org/protocol/rsm'><before/><max>1</max></set>"
                + "</query></iq>");
        assertThat(me.await("urn:xmpp:mam:2")).contains("one more");
      }
    }
  }
}
