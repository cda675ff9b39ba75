package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Workspace;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A suite of tests that others wrote for any XMPP server: Smack's integration tests. */
class SmackSuiteIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String ADDRESS = "10.88.0.2";
  private static final String TRUST = "changeit";
  private static final Path SUITE = Path.of("src/test/smack");
  private static final Path OUTPUT = Path.of("target/smack-suite.txt");

  /** Why is in failures.txt. */
  private static final String NOT_RUN =
      "MultiUserChatOccupantIntegrationTest,ModularXmppClientToServerConnectionLowLevelIntegrationTest";

  private static final Pattern RESULT =
      Pattern.compile("(?m)^\\w+: (\\w+\\.\\w+) \\(\\w+[^)]*\\) (Success|Failed)$");

  private final Path folder = Workspace.newFolder("smack");

  @Test
  void suite_failsOnlyWhereKnown() throws Exception {
    String classes = classPath();
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "boss@" + DOMAIN + ":secret")
            .env("PROSODY_ADMINS", "boss@" + DOMAIN)
            .env("PROSODY_C2S_RATE_LIMIT", "off")
            .env("PROSODY_MUC_PUBLIC", "on")
            .start()) {
      ProsodyImage.awaitClient(server);
      trust(server);
      TreeMap<String, String> results = run(server, classes, "disabledTests=" + NOT_RUN);
      assertThat(results).hasSizeGreaterThan(70);
      TreeSet<String> failed = failed(results);
      Set<String> known = known();
      // What waits for an answer for ten seconds may wait in vain on a busy machine: again, alone.
      Set<String> again =
          failed.stream()
              .filter(test -> !known.contains(test))
              .map(test -> test.substring(0, test.indexOf('.')))
              .collect(Collectors.toCollection(TreeSet::new));
      if (!again.isEmpty()) {
        System.out.println("Smack's suite, once more: " + again);
        results.putAll(run(server, classes, "enabledTests=" + String.join(",", again)));
        failed = failed(results);
      }

      System.out.println(
          "Smack's suite: " + results.size() + " tests, " + failed.size() + " failed: " + failed);
      assertThat(failed)
          .as("failures, of which %s says more", OUTPUT.toAbsolutePath())
          .containsExactlyInAnyOrderElementsOf(known);
    }
  }

  private static TreeSet<String> failed(TreeMap<String, String> results) {
    TreeSet<String> failed = new TreeSet<>(results.keySet());
    failed.removeIf(test -> results.get(test).equals("Success"));
    return failed;
  }

  private static Set<String> known() throws Exception {
    return Files.readAllLines(SUITE.resolve("failures.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf(':')))
        .collect(Collectors.toSet());
  }

  /** Returns the class path of the suite, which Maven downloads at the first time. */
  private String classPath() throws Exception {
    Files.copy(SUITE.resolve("pom.xml"), folder.resolve("pom.xml"));
    Command.of(
            System.getProperty("prosodyoci.it.maven"),
            "-B",
            "-ntp",
            "-q",
            "-Dmaven.repo.local=" + System.getProperty("prosodyoci.it.localRepository"),
            "-Dsmack.suite.version=" + System.getProperty("prosodyoci.it.smackSuite"),
            "dependency:build-classpath",
            "-Dmdep.outputFile=classpath")
        .in(folder)
        .limit(Duration.ofMinutes(5))
        .output();
    return Files.readString(folder.resolve("classpath")).strip();
  }

  /** Trusts the server's own certificate, and leads its names to its address. */
  private void trust(Container server) throws Exception {
    X509Certificate certificate;
    try (TlsProbe probe = TlsProbe.connect(server.address(5223), DOMAIN, "xmpp-client")) {
      certificate = probe.certificate();
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("server", certificate);
    try (OutputStream out = Files.newOutputStream(folder.resolve("trusted.p12"))) {
      store.store(out, TRUST.toCharArray());
    }
    Files.writeString(
        folder.resolve("hosts"),
        String.join(" ", ADDRESS, DOMAIN, "upload." + DOMAIN, "proxy." + DOMAIN) + "\n");
  }

  private TreeMap<String, String> run(Container server, String classes, String which)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Duser.language=en", "-cp", classes));
    command.add("-Djavax.net.ssl.trustStore=" + folder.resolve("trusted.p12"));
    command.add("-Djavax.net.ssl.trustStorePassword=" + TRUST);
    command.add("-Djdk.net.hosts.file=" + folder.resolve("hosts"));
    for (String setting :
        List.of(
            "service=" + DOMAIN,
            "host=" + ADDRESS,
            "adminAccountUsername=boss",
            "adminAccountPassword=secret",
            "securityMode=required",
            "replyTimeout=10000",
            "enabledConnections=tcp",
            which)) {
      command.add("-Dsinttest." + setting);
    }
    command.add("org.igniterealtime.smack.inttest.SmackIntegrationTestFramework");
    String output =
        Command.of(server.inNetwork(command)).limit(Duration.ofMinutes(6)).run().output();
    Files.writeString(OUTPUT, output);
    assertThat(output).as("the suite ran to its end").contains("] finished: ");
    TreeMap<String, String> results = new TreeMap<>();
    Matcher result = RESULT.matcher(output);
    while (result.find()) {
      // A test may run over several connections: it fails if it does on one.
      results.merge(result.group(1), result.group(2), (a, b) -> a.equals("Failed") ? a : b);
    }
    return results;
  }
}
