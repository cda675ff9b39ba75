package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import io.github.prosodyoci.verify.debian.DebianFile;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes another version into a recipe: into names, addresses, digests and suites. A digest comes
 * from Debian's signed index, or, for what is signed by upstream, from the file itself, which must
 * be verified before anything is done with the text.
 */
final class RecipeRewrite {

  private static final DateTimeFormatter SNAPSHOT =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final YamlMap root;
  private final UpdateTarget target;
  private final DebianIndexes indexes;
  private final UnpinnedDownloads unpinned;
  private final RecipeEdits edits;
  private final Map<Digest, String> pinned = new HashMap<>();
  private final Set<Digest> learned = new HashSet<>();

  RecipeRewrite(
      String text,
      RecipeDocument document,
      UpdateTarget target,
      DebianIndexes indexes,
      UnpinnedDownloads unpinned) {
    this.root = document.root();
    this.target = target;
    this.indexes = indexes;
    this.unpinned = unpinned;
    this.edits = new RecipeEdits(text, document.root());
    for (DeclaredSource declared : document.sources()) {
      pinned.put(declared.source().sha256(), declared.source().file());
      declared.evidence().stream()
          .flatMap(evidence -> evidence.carrier().stream())
          .forEach(file -> pinned.put(file.sha256(), file.file()));
    }
  }

  /**
   * Returns the new text.
   *
   * @throws FailureException if the recipe cannot be rewritten, a new file cannot be fetched, or
   *     Debian's index does not verify or does not list a new file; with {@link
   *     UpdateCode#OLD_RELEASE} if a new file is one that the recipe pins already
   */
  String run() throws IOException {
    YamlMap described = root.map("package");
    edits.replace(described.get("version"), target.to());
    Optional<YamlNode> release = described.find("release");
    if (release.isPresent()) {
      int next = target.from().equals(target.to()) ? release.get().number() + 1 : 0;
      edits.replace(release.get(), String.valueOf(next));
    }
    boolean any = false;
    for (YamlMap source : root.maps("sources")) {
      any |= source(source);
    }
    if (!any) {
      throw edits.byHand(
          root.where("sources"),
          "no name or address of a source contains version "
              + target.from()
              + ", so there is nothing to rewrite");
    }
    return edits.apply();
  }

  /** Returns what changed. */
  List<UpdateResult.Change> changes() {
    return edits.changes();
  }

  /** Returns the digests of files that no signed index lists under their names. */
  Set<Digest> learned() {
    return Set.copyOf(learned);
  }

  /** Rewrites a source, if it is of the version that changes; says whether it is. */
  private boolean source(YamlMap source) throws IOException {
    boolean signed =
        source.maps("evidence").stream().anyMatch(entry -> entry.keys().contains("signature"));
    if (!file(source, signed)) {
      return false;
    }
    for (YamlMap entry : source.maps("evidence")) {
      for (String kind : entry.keys()) {
        YamlNode value = entry.get(kind);
        if (kind.equals("debian-archive")) {
          edits.replace(value, packageOf(entry).suite().name());
        } else if (value.isMap() && value.map().find("file").isPresent()) {
          file(value.map(), true);
        }
      }
    }
    return true;
  }

  private UpdateTarget.SourcePackage packageOf(YamlMap entry) {
    return target
        .debian()
        .orElseThrow(
            () ->
                edits.byHand(
                    entry.where(),
                    "its evidence is Debian's archive, which has no version "
                        + target.to()
                        + "; asked were "
                        + (target.asked().isEmpty() ? "no suites" : target.asked())));
  }

  /**
   * Rewrites name, origins and digest of a file.
   *
   * @param mayBeLearned whether the digest may be that of the file itself
   */
  private boolean file(YamlMap entry, boolean mayBeLearned) throws IOException {
    List<Origin> origins = new ArrayList<>();
    boolean any = false;
    List<Runnable> replacements = new ArrayList<>();
    for (YamlNode node : entry.list("origins")) {
      String text = origin(entry, node.text());
      any |= !text.equals(node.text());
      replacements.add(() -> edits.replace(node, text));
      origins.add(parse(node, text));
    }
    String name = name(entry.text("file"));
    any |= !name.equals(entry.text("file"));
    if (!any) {
      return false;
    }
    Digest digest = digest(entry, name, origins, mayBeLearned);
    String former = pinned.get(digest);
    if (former != null) {
      throw UpdateCode.OLD_RELEASE.failure(
          name, "it has the digest " + digest + ", which the recipe pins already, for " + former);
    }
    edits.replace(entry.get("file"), name);
    edits.replace(entry.get("sha256"), digest.hex());
    replacements.forEach(Runnable::run);
    return true;
  }

  private String name(String name) {
    String text = name;
    if (target.debian().isPresent()) {
      UpdateTarget.SourcePackage debian = target.debian().get();
      text =
          DebianFile.parse(name)
              .filter(file -> file.version().upstream().equals(target.from()))
              .map(file -> file.of(debian.to()))
              .orElse(text);
    }
    return text.equals(name) ? VersionText.replace(name, target.from(), target.to()) : text;
  }

  private String origin(YamlMap entry, String text) {
    int slash = text.lastIndexOf('/') + 1;
    String folder = text.substring(0, slash);
    String file = text.substring(slash);
    if (text.startsWith("debian:")) {
      String start =
          "debian:" + target.debian().map(UpdateTarget.SourcePackage::name).orElse("") + "/";
      if (target.debian().isEmpty() && VersionText.holds(file, target.from())) {
        packageOf(entry); // says why not
      }
      return folder.equals(start) ? folder + name(file) : text;
    }
    if (folder.startsWith("https://snapshot.debian.org/archive/") && !name(file).equals(file)) {
      return snapshot(folder) + name(file);
    }
    return VersionText.replace(folder, target.from(), target.to()) + name(file);
  }

  /** Returns the folder as it was when the index was made that lists the file. */
  private String snapshot(String folder) {
    if (target.debian().isEmpty() || target.debian().get().suite().date().isEmpty()) {
      return folder;
    }
    SuiteSources suite = target.debian().get().suite();
    boolean security = suite.name().endsWith("-security");
    return folder
        .replaceFirst(
            "/archive/debian(-security)?/[0-9TZ]+/",
            "/archive/debian"
                + (security ? "-security" : "")
                + "/"
                + SNAPSHOT.format(suite.date().get())
                + "/")
        .replaceFirst("/pool/(updates/)?main/", security ? "/pool/updates/main/" : "/pool/main/");
  }

  private Origin parse(YamlNode node, String text) {
    try {
      Path folder = Optional.ofNullable(node.file().getParent()).orElse(Path.of(""));
      return Origin.parse(text, folder);
    } catch (IllegalArgumentException e) {
      throw edits.byHand(node.where(), Reasons.of(e));
    }
  }

  private Digest digest(YamlMap entry, String name, List<Origin> origins, boolean mayBeLearned)
      throws IOException {
    if (target.debian().isPresent()) {
      String suite = target.debian().get().suite().name();
      for (Origin origin : origins) {
        if (origin instanceof Origin.Debian debian) {
          Digest digest =
              indexes.digests(Index.of(suite, debian), List.of(debian)).content().get(debian);
          if (digest != null) {
            return digest;
          }
        }
      }
    }
    if (!mayBeLearned) {
      throw edits.byHand(
          entry.where(),
          "the new digest of "
              + name
              + " cannot be verified: no signed index lists it, and the recipe names no signature"
              + " over it");
    }
    Digest digest = unpinned.fetch(name, origins).source().sha256();
    learned.add(digest);
    return digest;
  }
}
