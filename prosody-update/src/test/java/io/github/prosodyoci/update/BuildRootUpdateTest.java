package io.github.prosodyoci.update;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.BinaryPackage;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A build root whose packages come from an archive like Debian's. */
@Tag("slow")
class BuildRootUpdateTest {

  private static final Instant NOW = Instant.parse("2026-01-11T00:00:00Z");
  private static final String MAIN = "2025-10-01T00:00:00Z";
  private static final String SECURITY = "2026-01-10T00:00:00Z";
  private static final List<String> BOTH = List.of("amd64", "arm64");

  @RegisterExtension
  private final UpdateFixture fixture = new UpdateFixture("bookworm", "bookworm-security", "forky");

  private final DebianFixture debian = fixture.debian;
  private Path file = Path.of("none");

  @BeforeEach
  void publish() throws IOException {
    debian.binaries("bookworm", MAIN, UpdateFixture.ARCHIVE, BOTH, first());
    security();
    file =
        fixture.recipe(
            "# What steps run in\nbuild-root:\n  name: tools\n  version: 19.1\n\nsources:\n"
                + entry(of("cc", "llvm", "1:19.1-3", "1:19.1-3", "amd64"))
                + entry(of("cc", "llvm", "1:19.1-3", "1:19.1-3", "arm64"))
                + entry(of("ld", "llvm", "1:19.1-3", "1:19.1-3", "amd64"))
                + entry(of("ld", "llvm", "1:19.1-3", "1:19.1-3+b2", "arm64"))
                + entry(of("zlib1g", "zlib", "1.2-1", "1.2-1", "amd64"))
                + entry(of("zlib1g", "zlib", "1.2-1", "1.2-1", "arm64")));
  }

  private static List<BinaryPackage> first() {
    return List.of(
        of("cc", "llvm", "1:19.1-3", "1:19.1-3", "amd64"),
        of("cc", "llvm", "1:19.1-3", "1:19.1-3", "arm64"),
        of("ld", "llvm", "1:19.1-3", "1:19.1-3", "amd64"),
        of("ld", "llvm", "1:19.1-3", "1:19.1-3+b2", "arm64"),
        of("zlib1g", "zlib", "1.2-1", "1.2-1", "amd64"),
        of("zlib1g", "zlib", "1.2-1", "1.2-1", "arm64"));
  }

  /** Returns a package whose content is its file's name. */
  private static BinaryPackage of(
      String name, String source, String sourceVersion, String version, String architecture) {
    BinaryPackage named =
        new BinaryPackage(name, source, sourceVersion, version, architecture, new byte[0]);
    return new BinaryPackage(
        name, source, sourceVersion, version, architecture, named.file().getBytes(UTF_8));
  }

  private static String entry(BinaryPackage each) {
    return entry(each, "bookworm");
  }

  private static String entry(BinaryPackage each, String suite) {
    return """
      - file: %s_%s.deb
        host: %s
        sha256: %s
        origins:
          - debian:%s/%s   # as it is
        evidence:
          - debian-archive: %s
    """
        .formatted(
            each.name(),
            each.architecture(),
            each.architecture().equals("amd64") ? "linux-x86_64" : "linux-arm64",
            Digest.of(each.content()).hex(),
            each.source(),
            each.file(),
            suite);
  }

  private void security(BinaryPackage... packages) throws IOException {
    debian.binaries("bookworm-security", SECURITY, UpdateFixture.ARCHIVE, BOTH, List.of(packages));
  }

  private static BinaryPackage[] newer() {
    return new BinaryPackage[] {
      of("cc", "llvm", "1:19.2-1+deb12u1", "1:19.2-1+deb12u1", "amd64"),
      of("cc", "llvm", "1:19.2-1+deb12u1", "1:19.2-1+deb12u1", "arm64"),
      // Built again for one architecture.
      of("ld", "llvm", "1:19.2-1+deb12u1", "1:19.2-1+deb12u1+b1", "amd64"),
      of("ld", "llvm", "1:19.2-1+deb12u1", "1:19.2-1+deb12u1", "arm64"),
      // Another source package took over the name.
      of("zlib1g", "zlib-ng", "9-1", "9-1", "amd64"),
    };
  }

  private UpdateResult update() throws IOException {
    return fixture.update(NOW, "tools", Optional.empty());
  }

  private void refused(FailureCode code, String... reasons) throws IOException {
    String before = Files.readString(file);
    assertThatThrownBy(this::update)
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(code))
        .hasMessageContainingAll(reasons);
    assertThat(file).hasContent(before);
  }

  @Test
  void update_securityUpdate_movesAllPackagesOfItsSourceOnBothHosts() throws IOException {
    security(newer());

    UpdateResult update = update();

    String expected =
        "# What steps run in\nbuild-root:\n  name: tools\n  version: 19.2\n\nsources:\n"
            + Stream.of(newer())
                .limit(4)
                .map(each -> entry(each, "bookworm-security"))
                .reduce("", String::concat)
            + entry(of("zlib1g", "zlib", "1.2-1", "1.2-1", "amd64"))
            + entry(of("zlib1g", "zlib", "1.2-1", "1.2-1", "arm64"));
    assertThat(update.text()).isEqualTo(expected);
    assertThat(update.from()).isEqualTo("19.1");
    assertThat(update.to()).isEqualTo("19.2");
    assertThat(update.verification().sources())
        .hasSize(4)
        .allSatisfy(source -> assertThat(source.status()).isEqualTo("trusted"));
    assertThat(update.changes()).hasSize(1 + 4 * 3);
    update.write();
    assertThat(file).hasContent(expected);
    refused(UpdateCode.UP_TO_DATE, "nothing newer is in Debian bookworm, Debian bookworm-security");
  }

  @Test
  void update_onePackageOfTheSetIsNotBuiltYet_staysAndSaysSo() throws IOException {
    List<BinaryPackage> some = new ArrayList<>(List.of(newer()));
    some.remove(1);
    security(some.toArray(BinaryPackage[]::new));

    refused(
        UpdateCode.UP_TO_DATE,
        "llvm 1:19.2-1+deb12u1 is not taken: no suite has it as cc_arm64.deb");
  }

  @Test
  void update_otherRecipeTakesTheSameSource_isNamed() throws IOException {
    security(newer());
    Files.writeString(
        file.resolveSibling("runtime.yaml"),
        "package: {name: runtime, version: '19.1'}\nsources:\n"
            + entry(of("rt", "llvm", "1:19.1-3", "1:19.1-3", "amd64")));

    assertThat(update().table())
        .contains("tools 19.1 -> 19.2")
        .contains("runtime takes packages of the same source: update it, too");
  }

  @Test
  void update_mirrorIsBehind_neverGoesBack() throws IOException {
    Files.writeString(file, Files.readString(file).replace("_19.1-3_amd64", "_19.1-4_amd64"));

    refused(UpdateCode.UP_TO_DATE, "nothing newer");
  }

  @Test
  void update_securitySuiteDoesNotAnswer_saysSo() throws IOException {
    debian.served.remove("/debian-security/dists/bookworm-security/InRelease");

    refused(UpdateCode.UP_TO_DATE, "Debian bookworm-security (not asked: ");
  }

  @Test
  void update_packageInTheArchiveIsDamaged_isRefused() throws IOException {
    security(newer());
    BinaryPackage damaged = newer()[0];
    debian.served.put(
        DebianFixture.pool(
            "bookworm-security", new Origin.Debian(damaged.source(), damaged.file())),
        "other".getBytes(UTF_8));

    refused(UpdateCode.UNAVAILABLE, damaged.name() + "_amd64.deb");
  }

  @Test
  void update_indexIsTampered_isRefused() throws IOException {
    security(newer());
    debian.served.put(
        "/debian-security/dists/bookworm-security/main/binary-arm64/Packages.xz",
        DebianFixture.xz("Package: cc\n".getBytes(UTF_8)));

    String before = Files.readString(file);
    assertThatThrownBy(this::update).isInstanceOf(FailureException.class);
    assertThat(file).hasContent(before);
  }

  @Test
  void update_indexByAStranger_isRefused() throws IOException {
    debian.binaries("bookworm-security", SECURITY, UpdateFixture.STRANGER, BOTH, List.of(newer()));

    refused(VerifyCode.WRONG_SIGNER, "bookworm-security");
  }

  @Test
  void update_originBesideTheArchive_isLeftToThePerson() throws IOException {
    security(newer());
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst(
                "(      - debian:llvm/ld_19[^\n]*\n)", "$1      - https://example.org/ld.deb\n"));

    refused(UpdateCode.BY_HAND, "pkg.yaml:26", "https://example.org/ld.deb");
  }

  @Test
  void update_toAVersion_isRefused() {
    assertThatThrownBy(() -> fixture.update(NOW, "tools", Optional.of("19.2")))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(UpdateCode.BY_HAND))
        .hasMessageContaining("it is a build root");
  }

  @Test
  void outdated_newerInAnotherRelease_isNoNews() throws IOException {
    for (String suite : List.of("bookworm", "bookworm-security")) {
      debian.suite(
          suite, SECURITY, UpdateFixture.ARCHIVE, new SourcePackage("llvm", "1:19.1-3", Map.of()));
    }
    debian.suite(
        "forky", SECURITY, UpdateFixture.ARCHIVE, new SourcePackage("llvm", "1:21-1", Map.of()));

    OutdatedResult outdated = fixture.outdated(NOW, Duration.ofDays(200));

    assertThat(outdated.hasOffers()).isFalse();
    assertThat(outdated.table()).contains("tools 19.1: up to date");
  }
}
