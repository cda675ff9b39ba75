package io.github.prosodyoci.evidence.provenance;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.input.FetchJson;
import io.github.prosodyoci.evidence.input.PackagesJson;
import io.github.prosodyoci.evidence.input.PackagesJson.Patch;
import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.evidence.input.PackagesJson.RootPackage;
import io.github.prosodyoci.evidence.input.PackagesJson.Source;
import io.github.prosodyoci.evidence.input.VerificationJson;
import io.github.prosodyoci.evidence.inventory.Identifiers;
import io.github.prosodyoci.evidence.inventory.Subject;
import io.github.prosodyoci.evidence.provenance.Provenance.BuildDefinition;
import io.github.prosodyoci.evidence.provenance.Provenance.External;
import io.github.prosodyoci.evidence.provenance.Provenance.Internal;
import io.github.prosodyoci.evidence.provenance.Provenance.Predicate;
import io.github.prosodyoci.evidence.provenance.Provenance.Resource;
import io.github.prosodyoci.evidence.provenance.Provenance.RunDetails;
import io.github.prosodyoci.evidence.sbom.Tool;
import io.github.prosodyoci.evidence.sign.Statement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the statements on where an image comes from. */
public final class ProvenanceWriter {

  private final Subject image;
  private final BuildFacts facts;
  private final Tool tool;

  /** Creates a writer. */
  public ProvenanceWriter(Subject image, BuildFacts facts, Tool tool) {
    this.image = image;
    this.facts = facts;
    this.tool = tool;
  }

  /**
   * Returns the provenance.
   *
   * @param fetched every file that was downloaded
   * @param built the recipes, which know where they look first
   * @throws IOException if a plugin cannot be read
   */
  public Statement provenance(FetchJson fetched, PackagesJson built) throws IOException {
    Predicate predicate =
        new Predicate(
            new BuildDefinition(
                Provenance.BUILD_TYPE,
                new External(
                    facts.repository().orElse(null),
                    facts.tree().commit().orElse(null),
                    facts.tree().state(),
                    image.platform().toString(),
                    image.created().toString(),
                    facts.tree().folder().isEmpty() ? null : facts.tree().folder(),
                    facts.profiles().isEmpty() ? null : facts.profiles(),
                    facts.properties().isEmpty() ? null : facts.properties()),
                new Internal(facts.java(), facts.maven(), facts.os()),
                dependencies(fetched, built)),
            new RunDetails(
                new Provenance.Builder(facts.builder(), Map.of(tool.name(), tool.version()))));
    return Statement.about(image.name(), image.digest(), Provenance.PREDICATE_TYPE, predicate);
  }

  /** Returns the summary of how the sources were verified. */
  public Statement sources(VerificationJson report) {
    return Statement.about(
        image.name(), image.digest(), SourceSummary.PREDICATE_TYPE, SourceSummary.of(report));
  }

  private List<Resource> dependencies(FetchJson fetched, PackagesJson built) throws IOException {
    List<Resource> all = new ArrayList<>();
    commit().ifPresent(all::add);
    Map<Digest, String> origins = new HashMap<>();
    for (Recipe recipe : built.recipes()) {
      for (Source source : recipe.sources()) {
        Optional.ofNullable(source.origin())
            .ifPresent(origin -> origins.put(source.sha256(), origin));
      }
    }
    if (built.buildRoot() != null) {
      for (RootPackage each : built.buildRoot().packages()) {
        origins.put(
            each.sha256(),
            Identifiers.debPurl(each.name(), each.version(), each.architecture(), each.sha256()));
      }
    }
    for (FetchJson.Source each : fetched.sources()) {
      all.add(
          new Resource(
              each.file(),
              origins.get(each.sha256()),
              Map.of("sha256", each.sha256().hex()),
              Map.of("recipe", each.recipe())));
    }
    for (Recipe recipe : built.recipes()) {
      for (Patch patch : recipe.patches()) {
        if (patch.sha256() != null) {
          all.add(
              new Resource(
                  patch.file(),
                  null,
                  Map.of("sha256", patch.sha256().hex()),
                  Map.of("recipe", recipe.name())));
        }
      }
    }
    for (BuildJar jar : facts.jars()) {
      all.add(
          new Resource(
              String.valueOf(jar.file().getFileName()),
              jar.uri(),
              Map.of("sha256", Digest.of(jar.file()).hex()),
              null));
    }
    return all;
  }

  private Optional<Resource> commit() {
    return facts
        .tree()
        .commit()
        .map(
            commit ->
                new Resource(
                    "the project",
                    facts.repository().map(each -> "git+" + each + "@" + commit).orElse(null),
                    Map.of("gitCommit", commit),
                    null));
  }
}
