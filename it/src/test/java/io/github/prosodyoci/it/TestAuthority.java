package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Volume;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A private certificate authority, run with the openssl command of this machine. */
final class TestAuthority {

  private final Path folder = Workspace.newFolder("ca");

  /** Makes an authority with a new key. */
  TestAuthority() {
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=Test-CA"
            + " -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem");
  }

  /** Returns the authority's own certificate. */
  Path certificate() {
    return folder.resolve("ca.pem");
  }

  /** Returns the name under which OpenSSL looks for the certificate in a folder of authorities. */
  String hashedName() {
    return openssl("x509 -noout -hash -in ca.pem").strip() + ".0";
  }

  /** Puts a certificate for a host and those below it, with its key, into a volume. */
  void issue(String host, Volume volume, String path) throws IOException {
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -keyout host.key"
            + " -out host.csr -addext subjectAltName=DNS:"
            + host
            + ",DNS:*."
            + host);
    openssl(
        "x509 -req -in host.csr -CA ca.pem -CAkey ca.key -days 1 -copy_extensions copy -out host.pem");
    volume.write(path + "/" + host + ".crt", Files.readString(folder.resolve("host.pem")));
    volume.write(path + "/" + host + ".key", Files.readString(folder.resolve("host.key")));
  }

  private String openssl(String arguments) {
    return Command.of((Tools.require("openssl") + " " + arguments).split(" ")).in(folder).output();
  }
}
