package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Reachable;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.X509TrustManager;
import org.jivesoftware.smack.ConnectionConfiguration.SecurityMode;
import org.jivesoftware.smack.SASLAuthentication;
import org.jivesoftware.smack.chat2.ChatManager;
import org.jivesoftware.smack.roster.Roster;
import org.jivesoftware.smack.roster.RosterEntry;
import org.jivesoftware.smack.roster.RosterGroup;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;
import org.jxmpp.jid.BareJid;
import org.jxmpp.jid.EntityBareJid;
import org.jxmpp.jid.impl.JidCreate;
import org.jxmpp.stringprep.XmppStringprepException;

/**
 * A user's client, built on Smack. It insists on STARTTLS and SCRAM, trusts any certificate (the
 * image makes its own), and grants every subscription.
 */
final class Client implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  // Held, or the setting would be lost with the logger. What fails shows in the tests themselves.
  private static final Logger SMACK = Logger.getLogger("org.jivesoftware.smack");

  static {
    SMACK.setLevel(Level.OFF);
    SASLAuthentication.registerSASLMechanism(new ScramSha256());
  }

  private final XMPPTCPConnection connection;
  private final Roster roster;
  private final List<X509Certificate> chain;
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

  private Client(XMPPTCPConnection connection, List<X509Certificate> chain) {
    this.connection = connection;
    this.chain = chain;
    roster = Roster.getInstanceFor(connection);
    roster.setSubscriptionMode(Roster.SubscriptionMode.accept_all);
    ChatManager.getInstanceFor(connection)
        .addIncomingListener(
            (from, message, chat) -> messages.add(from + ": " + message.getBody()));
  }

  /**
   * Logs a user in by STARTTLS and the strongest SCRAM that the server offers.
   *
   * @throws Exception as Smack throws it, such as {@code SASLErrorException} for a wrong password
   */
  static Client login(Reachable server, String user, String password) throws Exception {
    return login(server, user, password, "test");
  }

  /**
   * Logs a user in with one of several clients at a time.
   *
   * @param resource the client's name
   * @throws Exception as Smack throws it
   */
  static Client login(Reachable server, String user, String password, String resource)
      throws Exception {
    List<X509Certificate> chain = new ArrayList<>();
    XMPPTCPConnectionConfiguration configuration =
        XMPPTCPConnectionConfiguration.builder()
            .setXmppDomain(ProsodyImage.DOMAIN)
            .setHostAddress(InetAddress.getLoopbackAddress())
            .setPort(server.address(ProsodyImage.CLIENT_PORT).getPort())
            .setUsernameAndPassword(user, password)
            .setResource(resource)
            .setSecurityMode(SecurityMode.required)
            .addEnabledSaslMechanism(ScramSha256.NAME)
            .addEnabledSaslMechanism("SCRAM-SHA-1")
            .setCustomX509TrustManager(new RecordingTrust(chain))
            .setHostnameVerifier((host, session) -> true)
            .build();
    XMPPTCPConnection connection = new XMPPTCPConnection(configuration);
    connection.setReplyTimeout(LIMIT.toMillis());
    Client client = new Client(connection, chain);
    try {
      connection.connect().login();
      return client;
    } catch (Exception e) {
      connection.instantShutdown();
      throw e;
    }
  }

  /**
   * Connects again after the connection broke off, and goes on where the stream stopped (XEP-0198).
   *
   * @throws AssertionError if the server made a new stream instead
   */
  void resume() throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (connection.isConnected() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    connection.connect().login();
    if (!connection.streamWasResumed()) {
      throw new AssertionError("The server did not resume the stream of " + jid());
    }
  }

  /** Returns the underlying connection, for what this class has no word for. */
  XMPPTCPConnection connection() {
    return connection;
  }

  /** Returns the user's address without resource. */
  EntityBareJid jid() {
    return connection.getUser().asEntityBareJid();
  }

  /** Returns the name of the SASL mechanism that the login used. */
  String mechanism() {
    return connection.getUsedSaslMechansism();
  }

  /** Returns the certificates that the server showed, its own first. */
  List<X509Certificate> serverCertificates() {
    return List.copyOf(chain);
  }

  /** Asks to see another user's presence, and adds that user to the roster under a name. */
  void subscribe(EntityBareJid other, String name) throws Exception {
    roster.createItemAndRequestSubscription(other, name, new String[] {"friends"});
  }

  /** Returns the roster as the server has it now, a line per contact, sorted. */
  List<String> roster() throws Exception {
    roster.reloadAndWait();
    return roster.getEntries().stream()
        .map(e -> e.getJid() + " \"" + e.getName() + "\" " + e.getType() + " " + groups(e))
        .sorted()
        .toList();
  }

  /** Waits until another user is seen as available. */
  void awaitAvailable(BareJid other) {
    await("presence of " + other, () -> roster.getPresence(other).isAvailable());
  }

  /** Waits until the roster is as expected. */
  void awaitRoster(String... lines) {
    await("roster " + List.of(lines), () -> roster().equals(List.of(lines)));
  }

  /** Sends a message to another user. */
  void send(EntityBareJid other, String text) throws Exception {
    ChatManager.getInstanceFor(connection).chatWith(other).send(text);
  }

  /** Waits for the next message, and returns it as {@code from: text}. */
  String receive() throws InterruptedException {
    String message = messages.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (message == null) {
      throw new AssertionError("No message for " + jid() + " within " + LIMIT);
    }
    return message;
  }

  /** Returns the address of a user of the tests' domain. */
  static EntityBareJid jid(String user) {
    try {
      return JidCreate.entityBareFrom(user + "@" + ProsodyImage.DOMAIN);
    } catch (XmppStringprepException e) {
      throw new IllegalArgumentException("Not a user name: " + user, e);
    }
  }

  @Override
  public void close() {
    if (connection.isConnected()) {
      connection.disconnect();
    }
  }

  private static List<String> groups(RosterEntry entry) {
    return entry.getGroups().stream().map(RosterGroup::getName).sorted().toList();
  }

  private void await(String what, Callable<Boolean> condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (!condition.call()) {
        if (System.nanoTime() > end) {
          throw new AssertionError(
              "No " + what + " for " + jid() + " within " + LIMIT + "; the roster is " + roster());
        }
        Thread.sleep(20);
      }
    } catch (Exception e) {
      throw new IllegalStateException("Could not wait for " + what, e);
    }
  }

  /** Trusts every certificate and remembers it. */
  private record RecordingTrust(List<X509Certificate> chain) implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String type) {
      throw new UnsupportedOperationException("This is a client's trust manager");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String type) {
      chain.clear();
      chain.addAll(List.of(certificates));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
