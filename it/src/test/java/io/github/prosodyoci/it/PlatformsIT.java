package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The image of each platform under test. Those that this machine cannot run run under qemu; {@code
 * sh it/platforms} builds them.
 */
class PlatformsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  static List<Platform> platforms() throws IOException {
    return ProsodyImage.platforms();
  }

  @ParameterizedTest
  @MethodSource("platforms")
  void image_ofThePlatform_servesClientsAndKeepsTheirData(Platform platform) throws Exception {
    ImageArchive image = ProsodyImage.archive(platform);
    assertThat(machine(image.rootfs().resolve("usr/bin/lua5.4"), platform))
        .isEqualTo(platform.elfMachine());
    Volume data = Volume.create();
    long start = System.nanoTime();
    try (Container server = server(image, data)) {
      StreamProbe.awaitFeatures(
          server.address(ProsodyImage.CLIENT_PORT), ProsodyImage.DOMAIN, LIMIT);
      long ready = System.nanoTime();
      try (Client alice = Client.login(server, "alice", "wonderland");
          Client bob = Client.login(server, "bob", "builder")) {
        assertThat(alice.mechanism()).isEqualTo("SCRAM-SHA-256");
        assertThat(alice.serverCertificates()).isNotEmpty();
        alice.send(bob.jid(), "hello from " + platform);
        assertThat(bob.receive()).isEqualTo("alice@example.test: hello from " + platform);
        alice.subscribe(bob.jid(), "Bob");
        bob.subscribe(alice.jid(), "Alice");
        alice.awaitRoster("bob@example.test \"Bob\" both [friends]");
      }
      assertThat(server.exec("/usr/bin/prosody-health").exitCode()).isZero();
      long stop = System.nanoTime();
      assertThat(server.stop(LIMIT)).as(server.log().text()).isZero();
      System.out.printf(
          "%s: ready after %d ms, used for %d ms, stopped in %d ms%n",
          platform,
          (ready - start) / 1_000_000,
          (stop - ready) / 1_000_000,
          (System.nanoTime() - stop) / 1_000_000);
    }
    assertThat(data.folder().resolve("prosody.sqlite")).isNotEmptyFile();

    try (Container again = server(image, data)) {
      StreamProbe.awaitFeatures(
          again.address(ProsodyImage.CLIENT_PORT), ProsodyImage.DOMAIN, LIMIT);
      try (Client alice = Client.login(again, "alice", "wonderland")) {
        alice.awaitRoster("bob@example.test \"Bob\" both [friends]");
      }
    }
  }

  /** Another digest means that the image was changed, or that the build is not reproducible. */
  @ParameterizedTest
  @MethodSource("platforms")
  void image_ofThePlatform_hasTheGoldenDigest(Platform platform) throws IOException {
    Properties golden = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of("golden.properties"))) {
      golden.load(in);
    }

    assertThat(ProsodyImage.archive(platform).digest().toString())
        .as("digest of the image for %s; `sh it/golden` records an intended change", platform)
        .isEqualTo(golden.getProperty(platform.toString()));
  }

  private static Container server(ImageArchive image, Volume data) {
    return image
        .container()
        .env("PROSODY_VIRTUAL_HOSTS", ProsodyImage.DOMAIN)
        .env("PROSODY_SQL_DRIVER", "SQLite3")
        .env("PROSODY_ACCOUNTS", "alice@example.test:wonderland\nbob@example.test:builder")
        .volume(data, ProsodyImage.DATA)
        .start();
  }

  /** Returns {@code e_machine} of an ELF file (System V ABI, "ELF Header"). */
  private static int machine(Path program, Platform platform) throws IOException {
    byte[] field = new byte[2];
    try (RandomAccessFile file = new RandomAccessFile(program.toFile(), "r")) {
      file.seek(18);
      file.readFully(field);
    }
    return ByteBuffer.wrap(field).order(platform.byteOrder()).getShort();
  }
}
