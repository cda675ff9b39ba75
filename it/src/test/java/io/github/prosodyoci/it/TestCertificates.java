package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/** Makes certificates as an operator would, with the openssl command of this machine. */
final class TestCertificates {

  /** A certificate and its key, in PEM, and the serial number in decimal. */
  record Pair(Path certificate, Path key, int serial) {

    /** Puts the pair where a server finds it; the key is for its owner and group only. */
    void install(Path newCertificate, Path newKey) throws IOException {
      Files.createDirectories(newCertificate.getParent());
      Files.createDirectories(newKey.getParent());
      // Each file is replaced at once, as tools for renewal do.
      for (Path[] move : new Path[][] {{key, newKey}, {certificate, newCertificate}}) {
        Path fresh = move[1].resolveSibling(move[1].getFileName() + ".new");
        Files.copy(move[0], fresh);
        Command.of("chmod", move[0] == key ? "0640" : "0644", fresh.toString()).output();
        Command.of("mv", "-f", fresh.toString(), move[1].toString()).output();
      }
    }
  }

  private TestCertificates() {}

  /** Returns a new self-signed pair for names, valid from now for a day. */
  static Pair make(int serial, String... names) throws IOException {
    Instant now = Instant.now();
    return make(serial, now, now.plus(Duration.ofDays(1)), names);
  }

  /** Returns a new self-signed pair for names, valid in a time of one's choice. */
  static Pair make(int serial, Instant from, Instant to, String... names) throws IOException {
    Path folder = Workspace.newFolder("certificate");
    String alternatives =
        Arrays.stream(names).map(name -> "DNS:" + name).reduce((a, b) -> a + "," + b).orElseThrow();
    Files.writeString(folder.resolve("index"), "");
    Files.writeString(folder.resolve("serial"), String.format(Locale.ROOT, "%08X", serial));
    Files.writeString(
        folder.resolve("ca.cnf"),
        "[ca]\ndefault_ca=own\n[own]\ndatabase=index\nserial=serial\nnew_certs_dir=.\n"
            + "default_md=sha256\npolicy=any\nx509_extensions=names\n[any]\ncommonName=supplied\n"
            + "[names]\nsubjectAltName="
            + alternatives
            + "\n");
    String openssl = Tools.require("openssl");
    String newKey = "ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem";
    run(folder, openssl + " req -new -newkey " + newKey + " -subj /CN=test -out request.pem");
    String validity = " -startdate " + time(from) + " -enddate " + time(to);
    String files = " -config ca.cnf -keyfile key.pem -in request.pem -out crt.pem";
    run(folder, openssl + " ca -batch -selfsign -notext" + validity + files);
    return new Pair(folder.resolve("crt.pem"), folder.resolve("key.pem"), serial);
  }

  private static void run(Path folder, String command) {
    Command.of(command.split(" ")).in(folder).output();
  }

  private static String time(Instant instant) {
    return DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT)
        .withZone(ZoneOffset.UTC)
        .format(instant);
  }
}
