package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.EvidenceAttacher;
import io.github.prosodyoci.evidence.RebuildRequest;
import io.github.prosodyoci.evidence.RebuildResult;
import io.github.prosodyoci.evidence.Rebuilder;
import io.github.prosodyoci.evidence.check.Attestations;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.provenance.Rebuilt;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import io.github.prosodyoci.evidence.store.Artifacts;
import io.github.prosodyoci.evidence.store.RegistryStore;
import io.github.prosodyoci.image.CompareRequest;
import io.github.prosodyoci.image.ImageComparer;
import io.github.prosodyoci.image.ImageLocation;
import io.github.prosodyoci.image.RegistryAccess;
import io.github.prosodyoci.image.compare.Difference;
import io.github.prosodyoci.image.maven.RegistryGoal;
import io.github.prosodyoci.maven.Parameters;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.rtinfo.RuntimeInformation;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Builds an image again from its provenance, in a clean place, and says whether it is identical, or
 * where it differs: layer, package, file, and what is in the file. Needs no project. The code of
 * the commit runs with the rights of the user.
 */
@Mojo(name = "rebuild", requiresProject = false, threadSafe = true)
public final class RebuildMojo extends RegistryGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.rebuild.skip", defaultValue = "false")
  private boolean skip;

  /**
   * The image: {@code registry/repository@sha256:…}, or {@code oci-archive:<file>} together with
   * {@code provenance}.
   */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /**
   * The provenance as a file, as {@code image-evidence:provenance} writes it. By default that which
   * is attached to the image, signed with one of the keys.
   */
  @Parameter(property = "prosodyoci.rebuild.provenance")
  @Nullable File provenance;

  /** The public keys that are trusted to have signed the provenance, as PEM files. */
  @Parameter(property = "prosodyoci.verifyImage.keys")
  List<File> keys = List.of();

  /** The clean place: a folder that does not exist yet, or is empty. */
  @Parameter(
      property = "prosodyoci.rebuild.folder",
      defaultValue = "${project.build.directory}/rebuild",
      required = true)
  File folder;

  /**
   * Where the commit is checked out from: an address, or the folder of a clone. By default the
   * address that the provenance names.
   */
  @Parameter(property = "prosodyoci.rebuild.repository")
  @Nullable String repository;

  /**
   * A cache whose downloads are used, each checked by its digest. By default everything is
   * downloaded again.
   */
  @Parameter(property = "prosodyoci.rebuild.downloads")
  @Nullable File downloads;

  /** Further arguments of Maven, such as {@code -o}. */
  @Parameter(property = "prosodyoci.rebuild.arguments")
  List<String> arguments = List.of();

  /** Whether to attach the statement that the image was rebuilt identically, if it was. */
  @Parameter(property = "prosodyoci.rebuild.attach", defaultValue = "false")
  boolean attach;

  /** The private key that signs the statement, as for {@code image-evidence:attach}. */
  @Parameter(property = "prosodyoci.signing.key")
  @Nullable File signingKey;

  /** An address that names the machine, or the service, that rebuilds. */
  @Parameter(
      property = "prosodyoci.evidence.builder",
      defaultValue = ProvenanceMojo.UNNAMED_BUILDER,
      required = true)
  String builder;

  private final RuntimeInformation maven;

  /** Creates the goal. */
  @Inject
  public RebuildMojo(SettingsDecrypter decrypter, RuntimeInformation maven) {
    super("prosodyoci.rebuild.skip", decrypter);
    this.maven = maven;
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException, InterruptedException {
    Optional<ImageLocation> original = Parameters.text(image).map(ImageLocation::parse);
    Optional<SigningKey> signer = signer(original);
    Claim claim =
        provenance == null ? attached(original) : Claim.read(provenance.toPath(), original);
    RebuildResult result =
        new Rebuilder(getLog()::info)
            .rebuild(
                new RebuildRequest(
                    claim.image(),
                    claim.provenance(),
                    folder.toPath(),
                    Parameters.text(repository),
                    Optional.ofNullable(downloads).map(File::toPath),
                    program(),
                    Path.of(System.getProperty("java.home")),
                    arguments));
    List<Difference> differences =
        result.isIdentical() || original.isEmpty()
            ? List.of()
            : differences(original.get(), claim, result.archive());
    RebuildOutcome outcome = new RebuildOutcome(result, differences);
    Path report = outcome.write(folder.toPath());
    if (!result.isIdentical()) {
      outcome.lines().forEach(getLog()::error);
      throw outcome.refusal(report);
    }
    getLog().info("Identical: " + result.found());
    if (signer.isPresent()) {
      attach(original.orElseThrow(), result, signer.get());
    }
  }

  private Optional<SigningKey> signer(Optional<ImageLocation> original) {
    if (!attach) {
      return Optional.empty();
    }
    Optional<SigningKey> key = KeyFiles.signing(signingKey, System.getenv());
    if (key.isEmpty() || original.filter(RebuildMojo::isInRegistry).isEmpty()) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "use",
              "prosodyoci.rebuild.attach",
              "there is no " + (key.isEmpty() ? "signing key" : "image in a registry"))
          .expecting("prosodyoci.signing.key, and prosodyoci.image in a registry")
          .toException();
    }
    return key;
  }

  private static boolean isInRegistry(ImageLocation location) {
    return location.kind() == ImageLocation.Kind.REGISTRY && location.digest() != null;
  }

  private Claim attached(Optional<ImageLocation> original) {
    if (original.filter(RebuildMojo::isInRegistry).isEmpty() || keys.isEmpty()) {
      throw Failure.of(
              CommonCode.CONFIGURATION, "rebuild", "the image", "nothing says which one, and how")
          .expecting(
              "prosodyoci.rebuild.provenance=<file>, or prosodyoci.image=registry/repository@sha256:…"
                  + " and prosodyoci.verifyImage.keys=<file>")
          .toException();
    }
    Digest digest = Objects.requireNonNull(original.get().digest());
    List<VerifyingKey> trusted = KeyFiles.trusted(keys);
    return use(
        "pull",
        original.get().name(),
        opened ->
            new Claim(
                digest,
                Attestations.read(new Artifacts(new RegistryStore(opened)), digest, trusted)
                    .require("provenance", Provenance.PREDICATE_TYPE, Provenance.Predicate.class)
                    .value()));
  }

  private Path program() {
    String name = System.getProperty("os.name").startsWith("Windows") ? "mvn.cmd" : "mvn";
    return Path.of(System.getProperty("maven.home")).resolve("bin").resolve(name);
  }

  private List<Difference> differences(ImageLocation original, Claim claim, Path archive) {
    boolean remote = original.kind() == ImageLocation.Kind.REGISTRY;
    ImageLocation first =
        new ImageLocation(original.kind(), original.place(), original.tag(), claim.image());
    return new ImageComparer(credentials(), connector(), getLog()::debug)
        .compare(
            new CompareRequest(
                first,
                ImageLocation.parse("oci-archive:" + archive),
                Platform.parse(
                    String.valueOf(
                        claim.provenance().buildDefinition().externalParameters().platform())),
                remote ? access(original.name()) : RegistryAccess.DEFAULT,
                RegistryAccess.DEFAULT))
        .differences();
  }

  private void attach(ImageLocation original, RebuildResult result, SigningKey key) {
    Rebuilt rebuilt =
        new Rebuilt(
            builder,
            result.repository(),
            result.commit(),
            downloads == null ? "own" : "shared",
            System.getProperty("java.vendor") + " " + System.getProperty("java.version"),
            maven.getMavenVersion(),
            System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    Digest artifact =
        use(
            "push",
            original.name(),
            opened ->
                new EvidenceAttacher(new RegistryStore(opened))
                    .attach(original.name().repositoryText(), result.found(), rebuilt, key));
    getLog().info("Attached " + artifact);
  }
}
