package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.input.FetchJson;
import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImageReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the complete corresponding source of an image: what its packages were built from, with
 * signatures, patches and recipes, as one tar file that is the same on every machine.
 */
public final class SourceArchive {

  /** Creates a writer. */
  public SourceArchive() {}

  /** A file of the archive, and what it must hold. */
  private record Member(Path file, Digest digest) {}

  /**
   * Writes the archive.
   *
   * @throws FailureException with {@link EvidenceCode#NO_REPORT} if the build is not complete, with
   *     {@link EvidenceCode#SOURCE_MISSING} if the content store lacks a file, or holds another
   *     one; with a {@code CommonCode} if a file cannot be read or written. The archive appears
   *     whole or not at all.
   */
  public SourceArchiveResult write(SourceArchiveRequest request) {
    try {
      return writeChecked(request);
    } catch (IOException e) {
      throw FileFailures.of("write", "the archive of sources", request.archive(), e);
    }
  }

  private static SourceArchiveResult writeChecked(SourceArchiveRequest request) throws IOException {
    List<ImageReport> images = new ArrayList<>();
    for (BuildReports each : request.reports()) {
      images.add(each.readImage());
    }
    ImageReport image = images.get(0);
    String repository = ImageName.parse(image.name()).repository();
    String root =
        repository.substring(repository.lastIndexOf('/') + 1)
            + "-"
            + (image.version() == null ? ImageName.parse(image.name()).tag() : image.version())
            + "-sources/";
    SortedMap<String, Member> members = members(request);
    byte[] readme = readme(request, images).getBytes(StandardCharsets.UTF_8);
    long time = request.created().getEpochSecond();
    AtomicFiles.write(
        request.archive(),
        out -> {
          try (TarWriter tar = new TarWriter(out)) {
            tar.add(TarEntry.file(root + "README", 0644, readme.length, time), readme);
            for (Map.Entry<String, Member> each : members.entrySet()) {
              add(tar, root + each.getKey(), each.getValue(), time);
            }
          }
        });
    return new SourceArchiveResult(
        request.archive(),
        Digest.of(request.archive()),
        Files.size(request.archive()),
        members.size() + 1);
  }

  private static SortedMap<String, Member> members(SourceArchiveRequest request)
      throws IOException {
    SortedMap<String, Member> members = new TreeMap<>();
    for (BuildReports reports : request.reports()) {
      addSources(reports, request.cache(), members);
    }
    for (Path recipes : request.recipes()) {
      for (Path file : files(recipes)) {
        Path base = Files.isDirectory(recipes) ? recipes : recipes.toAbsolutePath().getParent();
        String folder = base == null ? "" : base.getFileName() + "/";
        String below =
            String.valueOf(base == null ? file : base.relativize(file))
                .replace(file.getFileSystem().getSeparator(), "/");
        members.put(folder + below, new Member(file, Digest.of(file)));
      }
    }
    return members;
  }

  private static void addSources(
      BuildReports reports, Path cache, SortedMap<String, Member> members) throws IOException {
    Set<String> built =
        reports.readPackages().recipes().stream().map(Recipe::name).collect(Collectors.toSet());
    Path store = cache.resolve("store").resolve("sha256");
    for (FetchJson.Source each : reports.readFetch().sources()) {
      if (built.contains(each.recipe())) {
        String hex = each.sha256().hex();
        members.put(
            "sources/" + each.recipe() + "/" + each.file(),
            new Member(store.resolve(hex.substring(0, 2)).resolve(hex), each.sha256()));
      }
    }
  }

  private static List<Path> files(Path recipes) throws IOException {
    if (!Files.isDirectory(recipes)) {
      return List.of(recipes.toAbsolutePath());
    }
    try (Stream<Path> walk = Files.walk(recipes)) {
      return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }

  private static void add(TarWriter tar, String path, Member member, long time) throws IOException {
    if (!Files.isRegularFile(member.file())) {
      throw missing(path, "there is no file " + member.file()).toException();
    }
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(member.file()), Digest.sha256())) {
      tar.add(TarEntry.file(path, 0644, Files.size(member.file()), time), (InputStream) in);
      Digest found = Digest.of(in.getMessageDigest());
      if (!found.equals(member.digest())) {
        throw missing(path, member.file() + " has the digest " + found)
            .expecting(member.digest().toString())
            .toException();
      }
    }
  }

  private static Failure missing(String path, String found) {
    return Failure.of(
        EvidenceCode.SOURCE_MISSING, "archive", path.substring(path.indexOf('/') + 1), found);
  }

  private static String readme(SourceArchiveRequest request, List<ImageReport> images) {
    return "The complete corresponding source of the image "
        + images.get(0).name()
        + "\n("
        + images.stream()
            .map(image -> image.digest() + ", " + image.platform())
            .collect(Collectors.joining(";\n"))
        + ").\n\nsources/  what each recipe downloads, with signatures\n"
        + "recipes/  how it is patched and built; other folders hold recipes, too\n\n"
        + "The programs that carry out recipes are in the project's repository"
        + request.repository().map(each -> ":\n" + each).orElse("")
        + request.commit().map(each -> "\ncommit " + each).orElse("")
        + "\n\n`mvn package` there builds the image again.\n";
  }
}
