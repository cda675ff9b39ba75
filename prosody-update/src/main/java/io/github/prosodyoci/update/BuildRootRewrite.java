package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import io.github.prosodyoci.update.BinaryCandidates.Candidate;
import io.github.prosodyoci.update.BinaryCandidates.Pinned;
import io.github.prosodyoci.verify.debian.DebianVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Writes newer packages into a build root: what comes from one source package moves to one version
 * of it, for all kinds of machine, or stays.
 */
final class BuildRootRewrite {

  private final RecipeDocument document;
  private final YamlMap described;
  private final BinaryCandidates candidates;
  private final RecipeEdits edits;
  private final List<String> notes = new ArrayList<>();
  private final SortedSet<String> moved = new TreeSet<>();
  private String version;

  /**
   * Creates it.
   *
   * @param text the very text that the document was read from
   */
  BuildRootRewrite(String text, RecipeDocument document, BinaryCandidates candidates) {
    this.document = document;
    this.described = document.root().map("build-root");
    this.candidates = candidates;
    this.edits = new RecipeEdits(text, document.root());
    this.version = described.text("version");
  }

  /** A pinned package, its entry in the file, and what the suites have of it. */
  private record Entry(
      YamlMap yaml, DeclaredSource declared, Pinned pinned, List<Candidate> candidates) {

    /** Returns the newest that was built from a version of the source package. */
    Optional<Candidate> builtFrom(DebianVersion source) {
      // Of several suites the first: the security archive drops what a point release has.
      return candidates.stream()
          .filter(candidate -> candidate.sourceVersion().equals(source))
          .reduce((one, other) -> one.version().compareTo(other.version()) >= 0 ? one : other);
    }

    NavigableSet<DebianVersion> sources() {
      NavigableSet<DebianVersion> versions = new TreeSet<>();
      candidates.forEach(candidate -> versions.add(candidate.sourceVersion()));
      return versions;
    }

    int compare(Candidate other) {
      return pinned.file().version().compareTo(other.version().withoutEpoch());
    }
  }

  /**
   * Returns the new text.
   *
   * @throws FailureException with {@link UpdateCode#UP_TO_DATE} if nothing is newer, with {@link
   *     UpdateCode#BY_HAND} if the file cannot be rewritten; or if an index does not verify
   * @throws IOException if a file of the cache cannot be read or written
   */
  String run() throws IOException {
    for (Map.Entry<String, List<Entry>> group : groups().entrySet()) {
      update(group.getKey(), group.getValue());
    }
    if (moved.isEmpty()) {
      throw UpdateCode.UP_TO_DATE.failure(
          document.root(),
          document.root().where("build-root"),
          "nothing newer is in "
              + candidates.asked()
              + notes.stream().reduce("", (all, note) -> all + "; " + note));
    }
    edits.replace(described.get("version"), version);
    return edits.apply();
  }

  /** Returns what changed. */
  List<UpdateResult.Change> changes() {
    return edits.changes();
  }

  /** Returns what is newer but was not taken. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Returns the version of the build root, which is that of one of its packages. */
  String version() {
    return version;
  }

  /** Returns the source packages whose packages have other versions now. */
  SortedSet<String> moved() {
    return new TreeSet<>(moved);
  }

  private Map<String, List<Entry>> groups() throws IOException {
    List<YamlMap> yaml = new ArrayList<>();
    List<DeclaredSource> declared = new ArrayList<>();
    List<Pinned> pinned = new ArrayList<>();
    for (int i = 0; i < document.sources().size(); i++) {
      DeclaredSource source = document.sources().get(i);
      Optional<Pinned> known = source.source().debianOrigin().flatMap(Pinned::of);
      if (known.isPresent()) {
        yaml.add(document.root().maps("sources").get(i));
        declared.add(source);
        pinned.add(known.get());
      }
    }
    List<List<Candidate>> found = candidates.of(pinned);
    Map<String, List<Entry>> groups = new LinkedHashMap<>();
    for (int i = 0; i < pinned.size(); i++) {
      groups
          .computeIfAbsent(pinned.get(i).origin().sourcePackage(), any -> new ArrayList<>())
          .add(new Entry(yaml.get(i), declared.get(i), pinned.get(i), found.get(i)));
    }
    return groups;
  }

  private void update(String sourcePackage, List<Entry> group) {
    NavigableSet<DebianVersion> common = new TreeSet<>();
    NavigableSet<DebianVersion> all = new TreeSet<>();
    for (Entry entry : group) {
      all.addAll(entry.sources());
    }
    common.addAll(all);
    group.forEach(entry -> common.retainAll(entry.sources()));
    if (!all.isEmpty() && !common.contains(all.last())) {
      notes.add(
          sourcePackage
              + " "
              + all.last()
              + " is not taken: no suite has it as "
              + group.stream()
                  .filter(entry -> !entry.sources().contains(all.last()))
                  .map(entry -> entry.declared().source().file())
                  .reduce((one, other) -> one + ", " + other)
                  .orElse(""));
    }
    if (common.isEmpty()) {
      return;
    }
    DebianVersion newest = common.last();
    boolean newer = false;
    for (Entry entry : group) {
      int order = entry.builtFrom(newest).map(entry::compare).orElse(0);
      if (order > 0) {
        return;
      }
      newer |= order < 0;
    }
    if (newer) {
      for (Entry entry : group) {
        entry.builtFrom(newest).ifPresent(candidate -> write(entry, candidate));
      }
      moved.add(sourcePackage);
    }
  }

  private void write(Entry entry, Candidate candidate) {
    Pinned pinned = entry.pinned();
    if (entry.compare(candidate) == 0) {
      return;
    }
    String file = pinned.file().of(candidate.version());
    if (entry.yaml().text("file").equals(pinned.origin().file())) {
      edits.replace(entry.yaml().get("file"), file);
    }
    edits.replace(entry.yaml().get("sha256"), candidate.sha256().hex());
    String origin = pinned.origin().toString();
    for (YamlNode node : entry.yaml().list("origins")) {
      if (!node.text().equals(origin)) {
        throw edits.byHand(
            node.where(), "it is not known what the origin " + node.text() + " is for " + file);
      }
      edits.replace(node, new Origin.Debian(pinned.origin().sourcePackage(), file).toString());
    }
    for (YamlMap evidence : entry.yaml().maps("evidence")) {
      evidence.find("debian-archive").ifPresent(node -> edits.replace(node, candidate.suite()));
    }
    if (pinned.file().version().upstream().equals(described.text("version"))) {
      version = candidate.version().upstream();
    }
  }
}
