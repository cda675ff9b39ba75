package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.BuildProvenance;
import io.github.prosodyoci.evidence.provenance.BuildFacts;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import io.github.prosodyoci.maven.Parameters;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.rtinfo.RuntimeInformation;
import org.jspecify.annotations.Nullable;

/**
 * Writes where the image comes from: SLSA provenance with every download by its digest, and a
 * summary of who signed which source.
 */
@Mojo(name = "provenance", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public final class ProvenanceMojo extends DocumentsGoal {

  /** The builder of a build that does not say where it runs. */
  static final String UNNAMED_BUILDER =
      "https://github.com/prosody-oci/prosody-oci/blob/main/docs/evidence.md#unnamed-builder";

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.provenance.skip", defaultValue = "false")
  private boolean skip;

  /**
   * An address that names the machine, or the service, that builds. Verifiers' policies compare it,
   * so nobody else should be able to sign with it.
   */
  @Parameter(
      property = "prosodyoci.evidence.builder",
      defaultValue = UNNAMED_BUILDER,
      required = true)
  String builder;

  /**
   * The commit that is built, for machines without {@code git}; whether it was changed is not known
   * then. By default what {@code git} says.
   */
  @Parameter(property = "prosodyoci.evidence.commit")
  @Nullable String commit;

  /**
   * Properties that decide what is in the image. Others are left out: they do not change it, or may
   * hold what is nobody's business, such as passwords and folders.
   */
  private static final List<String> DECIDING =
      List.of(
          "prosodyoci.alpine.release",
          "prosodyoci.image.base",
          "prosodyoci.image.shortName",
          "prosodyoci.image.versionOf",
          "prosodyoci.packages",
          "prosodyoci.packages.base",
          "prosodyoci.rootfs.usrMerged");

  @Parameter(defaultValue = "${plugin}", readonly = true, required = true)
  private PluginDescriptor plugin;

  private final RuntimeInformation maven;

  /** Creates the goal. */
  @javax.inject.Inject
  public ProvenanceMojo(RuntimeInformation maven) {
    super("prosodyoci.provenance.skip");
    this.maven = maven;
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws InterruptedException {
    MavenProject project = session().getCurrentProject();
    Optional<String> given = Parameters.text(commit);
    SourceTree tree =
        given.isPresent()
            ? new SourceTree(given.map(ProvenanceMojo::checked), "unknown")
            : SourceTree.of(project.getBasedir().toPath());
    String repository = project.getScm() == null ? project.getUrl() : project.getScm().getUrl();
    BuildFacts facts =
        new BuildFacts(
            builder,
            Parameters.text(repository),
            tree,
            profiles(project),
            properties(),
            LoadedJars.of(
                plugin.getClassRealm(), Path.of(session().getLocalRepository().getBasedir())),
            System.getProperty("java.vendor") + " " + System.getProperty("java.version"),
            maven.getMavenVersion(),
            System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    for (Platform platform : platforms()) {
      log(new BuildProvenance(getLog()::info).write(request(platform), facts));
    }
  }

  /** Returns the profiles of the POMs that were asked for by name. */
  private List<String> profiles(MavenProject project) {
    Set<String> known =
        project.getInjectedProfileIds().values().stream()
            .flatMap(List::stream)
            .collect(Collectors.toSet());
    return session().getRequest().getActiveProfiles().stream()
        .filter(known::contains)
        .distinct()
        .sorted()
        .toList();
  }

  private Map<String, String> properties() {
    Map<String, String> given = new TreeMap<>();
    for (String name : DECIDING) {
      String value = session().getUserProperties().getProperty(name);
      if (value != null) {
        given.put(name, value);
      }
    }
    return given;
  }

  private static String checked(String commit) {
    if (!SourceTree.isCommit(commit)) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "use",
              "prosodyoci.evidence.commit=" + commit,
              "it is not the name of a commit")
          .expecting("40 or 64 hexadecimal digits")
          .toException();
    }
    return commit;
  }
}
