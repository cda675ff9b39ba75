package io.github.prosodyoci.it;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * Many light-weight clients that talk to each other in pairs. Runs as a program of its own, in the
 * network of the server, and prints what it saw as {@code name value} lines.
 */
final class LoadClients {

  private static final Pattern BODY = Pattern.compile("<body>(\\d+) (\\d+)</body>");
  private static final int LOGINS_AT_A_TIME = 8;
  private static final int WARM_UP_MILLIS = 10;
  private static final int GRACE_SECONDS = 120;

  private final String address;
  private final int port;
  private final String domain;
  private final String password;
  private final SSLContext tls = TrustAll.context();
  private final List<Talker> talkers = new ArrayList<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger received = new AtomicInteger();
  private final AtomicInteger misplaced = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();
  private final long[] latencies;

  private LoadClients(String address, int port, String domain, String password, int messages) {
    this.address = address;
    this.port = port;
    this.domain = domain;
    this.password = password;
    latencies = new long[messages];
  }

  /**
   * Runs the clients.
   *
   * @param args address, port, domain, password of every account, number of clients (their names
   *     are u0, u1, …), seconds to talk, milliseconds between two messages of a client
   */
  public static void main(String[] args) throws Exception {
    int clients = Integer.parseInt(args[4]);
    int seconds = Integer.parseInt(args[5]);
    int interval = Integer.parseInt(args[6]);
    int rounds = seconds * 1000 / interval;
    LoadClients load =
        new LoadClients(args[0], Integer.parseInt(args[1]), args[2], args[3], clients * rounds);
    long start = System.nanoTime();
    load.connect(clients);
    print("connect_ms", (System.nanoTime() - start) / 1_000_000);
    pause("connected");
    start = System.nanoTime();
    load.warmUp();
    print("warm_up_ms", (System.nanoTime() - start) / 1_000_000);
    pause("warm");
    load.talk(1, rounds, interval);
    load.report();
    pause("finished");
  }

  /** Lets the program that started this one measure the server, until that one says to go on. */
  private static void pause(String word) throws IOException {
    System.out.println(word);
    if (System.in.read() < 0) {
      throw new IOException("Told to stop when " + word);
    }
  }

  private void connect(int clients) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(LOGINS_AT_A_TIME);
    for (int i = 0; i < clients; i++) {
      Talker talker = new Talker(i);
      talkers.add(talker);
      pool.execute(talker::login);
    }
    pool.shutdown();
    if (!pool.awaitTermination(10, TimeUnit.MINUTES)) {
      throw new IllegalStateException("Not all clients are connected after ten minutes");
    }
  }

  /** Lets each client send a message. The first one of a day costs the server most. */
  private void warmUp() throws InterruptedException {
    talk(0, 1, talkers.size() * WARM_UP_MILLIS);
    if (received.get() != sent.get()) {
      throw new IllegalStateException(
          received.get() + " of " + sent.get() + " first messages have arrived");
    }
    received.set(0);
    sent.set(0);
  }

  /** Lets each client send a message per interval, all evenly over time. */
  private void talk(int first, int rounds, int interval) throws InterruptedException {
    long start = System.nanoTime();
    long step = interval * 1_000_000L / talkers.size();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < talkers.size(); i++) {
        long due = start + round * interval * 1_000_000L + i * step;
        long wait = due - System.nanoTime();
        if (wait > 1_000_000) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        talkers.get(i).send(first + round);
      }
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
    while (received.get() < sent.get() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  private void report() {
    int count = Math.min(received.get(), latencies.length);
    long[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    print("sent", sent.get());
    print("received", received.get());
    print("misplaced", misplaced.get());
    print("broken", broken.get());
    for (int percent : new int[] {50, 95, 99}) {
      print("p" + percent + "_us", count == 0 ? -1 : sorted[(count - 1) * percent / 100] / 1000);
    }
    print("max_us", count == 0 ? -1 : sorted[count - 1] / 1000);
  }

  private static void print(String name, long value) {
    System.out.println(name + " " + value);
  }

  /** A client: sends to its neighbour, and reads on a thread of its own. */
  private final class Talker {

    private final int number;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final StanzaSplitter splitter = new StanzaSplitter(this::take);
    private Socket socket = new Socket();
    private int step;
    private int expected;

    Talker(int number) {
      this.number = number;
    }

    void login() {
      try {
        socket = tls.getSocketFactory().createSocket(InetAddress.getByName(address), port);
        socket.setTcpNoDelay(true);
        header();
        Thread reader = new Thread(null, this::read, "client " + number, 128 << 10);
        reader.setDaemon(true);
        reader.start();
        if (!ready.await(2, TimeUnit.MINUTES)) {
          throw new IOException("no answer within two minutes, at step " + step);
        }
      } catch (IOException e) {
        fail("could not log in", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void send(int round) {
      // Counted before: it may be received before write returns.
      sent.incrementAndGet();
      try {
        write(
            "<message type='chat' to='u"
                + (number ^ 1)
                + "@"
                + domain
                + "/load'><body>"
                + round
                + " "
                + System.nanoTime()
                + "</body></message>");
      } catch (IOException e) {
        fail("could not send", e);
      }
    }

    private void header() throws IOException {
      write(
          "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' to='"
              + domain
              + "' xmlns:stream='http://etherx.jabber.org/streams'>");
    }

    private void write(String xml) throws IOException {
      byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
      synchronized (this) {
        socket.getOutputStream().write(bytes);
      }
    }

    private void read() {
      char[] buffer = new char[2048];
      try (Reader in = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          splitter.feed(new String(buffer, 0, n));
        }
        fail("was cut off", null);
      } catch (IOException e) {
        fail("was cut off", e);
      }
    }

    private void take(String stanza) {
      try {
        if (step < 3) {
          negotiate(stanza);
          return;
        }
        Matcher body = BODY.matcher(stanza);
        if (body.find()) {
          int index = received.getAndIncrement();
          if (index < latencies.length) {
            latencies[index] = System.nanoTime() - Long.parseLong(body.group(2));
          }
          if (Integer.parseInt(body.group(1)) != expected++) {
            misplaced.incrementAndGet();
          }
        }
      } catch (IOException e) {
        fail("could not answer", e);
      }
    }

    private void negotiate(String stanza) throws IOException {
      if (step == 0 && stanza.startsWith("<stream:features")) {
        step = 1;
        write(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
                + RawStream.base64("\0u" + number + "\0" + password)
                + "</auth>");
      } else if (step == 1 && stanza.startsWith("<success")) {
        step = 2;
        splitter.restart();
        header();
      } else if (step == 2 && stanza.startsWith("<stream:features")) {
        write(
            "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>load</resource>"
                + "</bind></iq><presence/>");
      } else if (step == 2 && stanza.startsWith("<iq") && stanza.contains("<jid>")) {
        step = 3;
        ready.countDown();
      }
    }

    private void fail(String what, @org.jspecify.annotations.Nullable Exception e) {
      broken.incrementAndGet();
      System.out.println("Client " + number + " " + what + (e == null ? "" : ": " + e));
    }
  }
}
