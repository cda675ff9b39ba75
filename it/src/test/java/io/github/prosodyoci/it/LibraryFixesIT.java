package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Workspace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What our own patches fix in the libraries of the image. */
class LibraryFixesIT {

  /** The object identifier 2.5.4.3, commonName. */
  private static final byte[] COMMON_NAME = {6, 3, 0x55, 4, 3};

  /** The object identifier 2.5.29.31, cRLDistributionPoints. */
  private static final byte[] DISTRIBUTION_POINTS = {6, 3, 0x55, 0x1D, 0x1F};

  /** The object identifier 1.2.840.10045.4.3.2, ecdsa-with-SHA256. */
  private static final byte[] ALGORITHM =
      der(0x30, new byte[] {6, 8, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2});

  @Test
  void expat_utf16_highSurrogateNeedsALowOne() throws IOException {
    String script =
        """
        local lxp = require "lxp"
        local function accepts(format, first, second)
          local units = { 0xFEFF, 0x3C, 0x61, 0x3E, first, second, 0x3C, 0x2F, 0x61, 0x3E }
          for i, unit in ipairs(units) do units[i] = format:pack(unit) end
          local parser = lxp.new { CharacterData = function () end }
          return parser:parse(table.concat(units)) and parser:parse() and true or false
        end
        for _, format in ipairs { "<I2", ">I2" } do
          print(accepts(format, 0xD83D, 0xDE00), accepts(format, 0xD83D, 0x41),
            accepts(format, 0xD83D, 0xD83D), accepts(format, 0xDE00, 0x41))
        end
        """;

    assertThat(run(script, ""))
        .isEqualTo("true\tfalse\tfalse\tfalse\n" + "true\tfalse\tfalse\tfalse");
  }

  @Test
  void libidn_nameThatDecodesToAscii_isNotComparedWithWhatIsBehindIt() throws IOException {
    // The first label leaves on the stack what the second one, which is wrong, would be held
    // against.
    String script =
        """
        package.path = "/usr/lib/prosody/?.lua;" .. package.path
        package.cpath = "/usr/lib/prosody/?.so;" .. package.cpath
        local idna = require "util.encodings".idna
        print(idna.to_unicode("xn--wxyza--.xn--a-"))
        print(idna.to_unicode("xn--bcher-kva.example"))
        """;

    assertThat(run(script, "")).isEqualTo("xn--wxyza--.xn--a-\nb\u00FCcher.example");
  }

  @Test
  void openssl_manyRelativeDistributionPoints_takeLittleMemory() throws Exception {
    // 20 bytes of each point make a copy of the issuer, whose 1000 parts take 100 kB and more.
    byte[] certificate = certificate(repeat(1000, part()), 1000);
    String script =
        """
        local x509 = require "ssl.x509"
        local function peak()
          for line in io.lines("/proc/self/status") do
            local size = line:match("^VmHWM:%s*(%d+) kB")
            if size then return tonumber(size) end
          end
        end
        local cert = assert(x509.load(io.open("/data"):read("a")))
        local before = peak()
        print(cert:issued(cert))
        print(peak() - before)
        """;

    String[] lines = run(script, pem(certificate)).split("\n", -1);

    assertThat(certificate).hasSizeLessThan(60_000);
    // It was looked at, and refused.
    assertThat(lines[0]).startsWith("nil\t");
    assertThat(Integer.parseInt(lines[1])).as("kB").isLessThan(10_000);
  }

  @Test
  void musl_expressionWithMoreTransitionsThanAnInt_isRefused() throws IOException {
    // Each of 65536 letters may follow each: 2^32 transitions. As a balanced tree, it needs little
    // memory until then.
    String letters = "a";
    for (int i = 0; i < 16; i++) {
      letters = "(" + letters + "|" + letters + ")";
    }
    Path folder = Workspace.newFolder("grep");
    Path pattern = Files.writeString(folder.resolve("pattern"), letters + "*\n");
    try (Container container =
        ProsodyImage.archive()
            .container()
            .mount(pattern, "/data")
            .entrypoint("/bin/busybox", "grep", "-c", "-E", "-f", "/data", "/etc/passwd")
            .start()) {
      assertThat(container.awaitExit(Duration.ofSeconds(60))).isEqualTo(2);
      assertThat(container.log().text()).endsWith("': Out of memory");
    }
  }

  /** Runs a Lua script in the image, with a file at /data; returns what it prints. */
  private static String run(String script, String data) throws IOException {
    Path folder = Workspace.newFolder("lua");
    Path scriptFile = Files.writeString(folder.resolve("script.lua"), script);
    Path dataFile = Files.writeString(folder.resolve("data"), data);
    try (Container container =
        ProsodyImage.archive()
            .container()
            .mount(scriptFile, "/script.lua")
            .mount(dataFile, "/data")
            .entrypoint("/usr/bin/lua5.4", "/script.lua")
            .start()) {
      int code = container.awaitExit(Duration.ofSeconds(60));
      String text = container.log().text();
      assertThat(code).as(text).isZero();
      return text;
    }
  }

  /** Returns a part of a name: a set of one empty commonName. */
  private static byte[] part() {
    return der(0x31, der(0x30, COMMON_NAME, der(0x0C)));
  }

  /** Returns a certificate (RFC 5280) with so many points relative to its issuer's name. */
  private static byte[] certificate(byte[] issuer, int points) throws GeneralSecurityException {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(256);
    // DistributionPoint { [0] DistributionPointName { [1] RelativeDistinguishedName } }
    byte[] relative = der(0xA1, der(0x30, COMMON_NAME, der(0x0C)));
    byte[] point = der(0x30, der(0xA0, relative));
    byte[] extension = der(0x30, DISTRIBUTION_POINTS, der(0x04, der(0x30, repeat(points, point))));
    byte[] time = der(0x17, "261101000000Z".getBytes(StandardCharsets.US_ASCII));
    byte[] name = der(0x30, issuer);
    byte[] signed =
        der(
            0x30,
            der(0xA0, der(0x02, new byte[] {2})),
            der(0x02, new byte[] {1}),
            ALGORITHM,
            name,
            der(0x30, time, time),
            name,
            keys.generateKeyPair().getPublic().getEncoded(),
            der(0xA3, der(0x30, extension)));
    return der(0x30, signed, ALGORITHM, der(0x03, new byte[] {0, 1}));
  }

  /** Returns a value with its tag and length (ITU-T X.690). */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    result.write(tag);
    int length = content.size();
    if (length < 0x80) {
      result.write(length);
    } else {
      byte[] octets = BigInteger.valueOf(length).toByteArray();
      int sign = octets[0] == 0 ? 1 : 0;
      result.write(0x80 | (octets.length - sign));
      result.write(octets, sign, octets.length - sign);
    }
    result.writeBytes(content.toByteArray());
    return result.toByteArray();
  }

  private static byte[] repeat(int times, byte[] value) {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      result.writeBytes(value);
    }
    return result.toByteArray();
  }

  private static String pem(byte[] certificate) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }
}
