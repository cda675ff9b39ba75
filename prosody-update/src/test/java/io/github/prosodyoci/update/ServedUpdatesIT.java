package io.github.prosodyoci.update;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.TrustFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases that Debian's archive serves, taken into small recipes that pin the ones before. */
class ServedUpdatesIT {

  private static final Path RECIPES = Path.of("src/test/resources/updates");

  private static final Map<String, String> SIGNERS =
      Map.of(
          "forky", "04B54C3CDCA79751B16BC6B5225629DF75B188BD",
          "trixie-security", "5E04A1E3223A19A20706E20F9904613D4CCE68C6");

  @TempDir private static Path cache;
  @TempDir private Path folder;

  /** Puts all certificates of image and example into one folder. */
  @BeforeAll
  static void trustWhatIsAsked() throws IOException {
    new Mirror(cache).assumeReachable();
    Path trust = Files.createDirectories(cache.resolve("trust"));
    copy(Path.of("../prosody-image/src/main/trust"), "*.asc", trust);
    copy(Path.of("../examples/prosody-postgresql/src/main/trust"), "*.asc", trust);
  }

  @BeforeEach
  void copyRecipes() throws IOException {
    copy(RECIPES, "*.yaml", folder);
  }

  private static void copy(Path from, String names, Path to) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from, names)) {
      for (Path file : files) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Trusts one suite: those of a mirror may be days apart, and none may be from the future. */
  private TrustFolder trust(String suite) throws IOException {
    Path trust = cache.resolve("trust");
    Files.writeString(
        trust.resolve("trust.yaml"), "suites: {" + suite + ": [" + SIGNERS.get(suite) + "]}\n");
    return TrustFolder.read(trust);
  }

  private UpdateResult update(String recipe, String toVersion) throws IOException {
    return update("forky", recipe, toVersion);
  }

  private UpdateResult update(String suite, String recipe, String toVersion) throws IOException {
    Mirror mirror = new Mirror(cache);
    return mirror
        .updater(mirror.dateOf(suite))
        .update(
            new UpdateRequest(
                List.of(folder), trust(suite), recipe, Optional.of(toVersion), Set.of()));
  }

  private static void pins(UpdateResult update, String file, String sha256) {
    assertThat(update.verification().sources())
        .as("verified by its evidence")
        .anySatisfy(
            source -> {
              assertThat(source.file()).isEqualTo(file);
              assertThat(source.sha256()).isEqualTo(new Digest(sha256));
            });
    assertThat(update.text()).contains("file: " + file, "sha256: " + sha256);
  }

  @Test
  void prepare_lua_takes549() throws IOException {
    UpdateResult update = update("lua", "5.4.9");

    pins(
        update,
        "lua-5.4.9.tar.gz",
        "2335b6c582a52654f94612bf10d2f4672805d05329aa6568b1d8cd9e5c6fb8e6");
    assertThat(update.text())
        .contains("version: 5.4.9, release: 0", "lua5.4_5.4.9.orig.tar.gz", "archive: forky");
  }

  @Test
  void prepare_sqlite_takes3534() throws IOException {
    pins(
        update("sqlite", "3.53.4"),
        "sqlite-3.53.4.tar.xz",
        "05366adc8ee80c6b1faa71285b49d133c2121238ca58934b077fdeb95934abd4");
  }

  @Test
  void prepare_luaDbi_takes075OnItsMaintainersSignature() throws IOException {
    UpdateResult update = update("lua-dbi", "0.7.5");

    pins(
        update,
        "luadbi-0.7.5.tar.gz",
        "d11990029946cf29ee33cdb563900ba8e105207c507b08887896e88e429d8429");
    assertThat(update.verification().sources().get(0).evidence())
        .extracting(result -> result.document() + " " + result.outcome())
        .containsExactly("lua-dbi_0.7.5-7.dsc sufficient");
  }

  @Test
  void prepare_busybox_takes1380WithoutThePatchesThatItHas() throws IOException {
    UpdateResult update = update("busybox", "1.38.0");

    pins(
        update,
        "busybox-1.38.0.tar.bz2",
        "34f9ea6ff8636f2c9241153b9114eefa9e65674a45318ae1ef95bb5f31c53bb2");
    assertThat(update.notes())
        .startsWith(
            "Dropped the patch debian/patches/archival-libarchive-sanitize-filenames-on-output-"
                + "CVE-2025-46394.patch: 1.38.0 contains it",
            "Dropped the patch debian/patches/0002-tar-only-strip-unsafe-components-from-"
                + "hardlinks-not-.patch: 1.38.0 contains it",
            "Kept 3 of 5 patches, which apply to 1.38.0");
    assertThat(update.text())
        .endsWith("patches/netstat-sanitize-argv0-for-p-CVE-2024-58251.patch\n");
  }

  /** Upstream went on from these two, so no program can tell that 1.38.0 has what they do. */
  @Test
  void prepare_busyboxWithPatchesThatUpstreamChangedSince_stopsAndNamesThem() throws IOException {
    String traversal = "debian/patches/archival-disallow-path-traversals-CVE-2023-39810.patch";
    String hardlinks =
        "debian/patches/0001-tar-strip-unsafe-hardlink-components-GNU-tar-does-th.patch";
    Path recipe = folder.resolve("busybox.yaml");
    String text = Files.readString(recipe);
    Files.writeString(recipe, text + "  - " + traversal + "\n  - " + hardlinks + "\n");

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> update("busybox", "1.38.0"))
        .withMessageContaining(traversal + " (hunk 1 of b/archival/Config.src ")
        .withMessageContaining(hardlinks + " (hunk 1 of b/archival/libarchive/data_extract_all.c ")
        .withMessageContaining("Debian's queue no longer has it either");
  }

  @Test
  void prepare_musl_takes126WithoutThePatchesThatItHas() throws IOException {
    patchesBesideTheRecipe();

    UpdateResult update = update("musl", "1.2.6");

    pins(
        update,
        "musl-1.2.6.tar.gz",
        "d585fd3b613c66151fc3249e8ed44f77020cb5e6c1e635a616d3f9f82460512a");
    assertThat(update.notes())
        .containsExactly(
            "Dropped the patch CVE-2025-26519-0001_iconv_fix_erroneous_input_validation_in_EUC_KR_"
                + "decod.patch: 1.2.6 contains it",
            "Dropped the patch CVE-2025-26519-0002_iconv_harden_UTF_8_output_code_path_against_"
                + "input_de.patch: 1.2.6 contains it",
            "Kept 2 of 4 patches, which apply to 1.2.6");
    // CVE-2026-40200 and the slow decoder are not fixed in it.
    assertThat(update.text())
        .endsWith(
            """
            patches:
              - 0001-fix-pathological-slowness-incorrect-mappings-in-icon.patch
              - 0002-qsort-fix-leonardo-heap-corruption-from-bug-in-doubl.patch
            """);
  }

  /** Debian's packaging of musl 1.2.6 is not served everywhere, so its queue cannot be asked. */
  private void patchesBesideTheRecipe() throws IOException {
    String name = "musl_1.2.5-3.1~deb13u1.debian.tar.xz";
    Source queue =
        new Source(
            name,
            new Digest("46fdfb271edc2f035d8d4063ff2e299734409693e781e69e4b77e0a9a495072e"),
            List.of(Origin.parse("debian:musl/" + name, folder)));
    Path file =
        new Mirror(cache)
            .fetcher()
            .fetch(FetchRequest.required(List.of(queue)))
            .fetched()
            .get(0)
            .path();
    Path beside = Files.createDirectories(folder.resolve("musl"));
    SourceArchive archive =
        SourceArchive.read(file, name, p -> p.startsWith("patches/") && p.endsWith(".patch"));
    for (String path : archive.texts().keySet()) {
      Files.writeString(
          beside.resolve(path.substring("patches/".length())),
          archive.texts().get(path),
          ISO_8859_1);
    }
  }

  @Test
  void prepare_unbound_pinsWhatTheSignedIndexListsOrSaysThatTheMirrorLacksIt() throws IOException {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> update("trixie-security", "unbound", "1.26.2"))
        .satisfies(e -> assertThat(e.failureCode()).isEqualTo(UpdateCode.UNAVAILABLE))
        .withMessageStartingWith("Could not update unbound from 1.22.0 to 1.26.2: ")
        // the digest of the signed index
        .withMessageContaining(
            "unbound-1.26.2.tar.gz"
                + " (sha256:d8ee7aa6bbb3ff1be7d9e57637d0d0ec2f18273a8efff1a0afe2c665858b96f7)")
        .withMessageContaining("404 Not Found")
        .withMessageEndingWith(
            "The recipe is unchanged. The version is listed in Debian trixie-security. Run the same"
                + " command where one of these origins serves the files.");
  }

  @Test
  void outdated_busyboxWithoutDebiansQueue_hearsOfItsSecurityPatches() throws IOException {
    String text = Files.readString(folder.resolve("busybox.yaml"));
    Path plain =
        Files.writeString(
            folder.resolve("plain.yaml"), text.replaceFirst("(?s)  - file: busybox-debian.*", ""));

    OutdatedResult outdated =
        new Mirror(cache)
            .search(new Mirror(cache).dateOf("forky"))
            .search(
                new OutdatedRequest(
                    List.of(plain), trust("forky"), List.of("forky"), Duration.ofDays(10)));

    assertThat(outdated.recipes().get(0).offers())
        .filteredOn(offer -> offer.kind().equals("patches"))
        .singleElement()
        .satisfies(
            offer -> {
              assertThat(offer.offered()).isEqualTo("1:1.37.0-10.1");
              assertThat(offer.securityFixes())
                  .contains("CVE-2026-26157", "CVE-2026-26158", "CVE-2025-60876");
            });
  }
}
