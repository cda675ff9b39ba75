package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.oci.OciDocuments.TargetPlatform;
import io.github.prosodyoci.image.oci.References;
import io.github.prosodyoci.image.transfer.ImageTree;
import io.github.prosodyoci.image.transfer.LayoutArchive;
import io.github.prosodyoci.image.transfer.LayoutSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Puts the images of several platforms into one archive, with an image index over all of them. */
public final class ImageIndexer {

  private final Consumer<String> log;

  /**
   * Creates an indexer.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public ImageIndexer(Consumer<String> log) {
    this.log = log;
  }

  /** The image of one platform, and the archive that holds it. */
  private record Member(LayoutSource source, Path archive, PlatformImage image) {}

  /**
   * Writes archive and report, unless both are there already and hold what they should. Each image
   * keeps its digest; the index has the annotations that all of them share.
   *
   * @throws FailureException with {@code CONFIGURATION} if there is no archive; with {@code
   *     NO_ARCHIVE} or {@code ARCHIVE_DAMAGED} if one cannot be used; with {@code
   *     PLATFORM_MISMATCH} if two are for the same platform; with a {@code CommonCode} if a file
   *     cannot be read or written. The report appears last, and both files whole or not at all.
   */
  public IndexResult index(IndexRequest request) {
    try {
      return makeIfNeeded(request);
    } catch (IOException e) {
      throw FileFailures.of(
          "make", "the index " + request.name(), ReportPaths.folder(request.archive()), e);
    }
  }

  private IndexResult makeIfNeeded(IndexRequest request) throws IOException {
    Map<Platform, Member> members = members(request);
    byte[] index = Json.compact(document(members.values()));
    if (Files.isRegularFile(request.archive())) {
      IndexReport expected = report(request, members.values(), index, Digest.of(request.archive()));
      if (EarlierReport.read(request.report(), IndexReport.class, log)
          .filter(expected::equals)
          .isPresent()) {
        return new IndexResult(expected, true);
      }
    }
    Files.deleteIfExists(request.report());
    Digest archiveDigest = write(request, members, index);
    IndexReport report = report(request, members.values(), index, archiveDigest);
    Json.write(request.report(), report);
    return new IndexResult(report, false);
  }

  /** Returns the images, in the order of {@link Platform}. */
  private static Map<Platform, Member> members(IndexRequest request) throws IOException {
    if (request.archives().isEmpty()) {
      throw ImageCode.badParameter("images", "", "at least one image");
    }
    Map<Platform, Member> members = new TreeMap<>();
    for (Path archive : request.archives()) {
      LayoutSource source = LayoutSource.archive(archive);
      PlatformImage image = PlatformImage.read(source, source.find(null, null));
      for (Descriptor blob : image.references().blobs()) {
        source.check(blob);
      }
      Member twin = members.put(image.platform(), new Member(source, archive, image));
      if (twin != null) {
        throw Failure.of(
                ImageCode.PLATFORM_MISMATCH,
                "make",
                "the index " + request.name(),
                twin.archive() + " and " + archive + " are both for " + image.platform())
            .expecting("one image for each platform")
            .advising("Leave one of them out.")
            .toException();
      }
    }
    return members;
  }

  private static Index document(Collection<Member> members) {
    Map<String, String> shared = shared(members);
    return Index.of(
        members.stream()
            .map(Member::image)
            .map(
                image ->
                    Descriptor.of(
                            image.manifest().mediaType(),
                            image.manifest().digest(),
                            image.manifest().size())
                        .with(TargetPlatform.of(image.platform())))
            .toList(),
        shared.isEmpty() ? null : shared);
  }

  /** Returns the annotations that all manifests have alike. */
  private static Map<String, String> shared(Collection<Member> members) {
    Map<String, String> shared = null;
    for (Member member : members) {
      Map<String, String> annotations = member.image().references().annotations();
      if (shared == null) {
        shared = new TreeMap<>(annotations);
      } else {
        shared.entrySet().retainAll(annotations.entrySet());
      }
    }
    return shared == null ? Map.of() : shared;
  }

  private static Digest write(IndexRequest request, Map<Platform, Member> members, byte[] index)
      throws IOException {
    LayoutArchive archive = new LayoutArchive();
    for (Member member : members.values()) {
      archive.add(ImageTree.read(member.source(), member.image().manifest()));
    }
    archive.add(index);
    archive.index(
        List.of(Descriptor.of(OciDocuments.INDEX_TYPE, index).with(request.name().annotations())));
    Member first = members.values().iterator().next();
    References docker = members.getOrDefault(request.dockerPlatform(), first).image().references();
    archive.docker(
        docker.config().orElseThrow().digest(),
        List.of(request.name().text()),
        docker.layers().stream().map(Descriptor::digest).toList());
    return archive.write(request.archive(), created(first.image()));
  }

  /** Returns the time that an image carries, in seconds since 1970. */
  private static long created(PlatformImage image) {
    String created = image.config().created();
    try {
      return created == null ? 0 : OffsetDateTime.parse(created).toEpochSecond();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  private static IndexReport report(
      IndexRequest request, Collection<Member> members, byte[] index, Digest archiveDigest) {
    Map<Digest, Long> blobs = new HashMap<>();
    for (Member member : members) {
      member.image().references().blobs().forEach(blob -> blobs.put(blob.digest(), blob.size()));
    }
    return new IndexReport(
        request.name().text(),
        shared(members).get(ImageDescription.VERSION),
        Digest.of(index),
        ReportPaths.relative(ReportPaths.folder(request.report()), request.archive()),
        archiveDigest,
        blobs.values().stream().mapToLong(Long::longValue).sum(),
        new Fingerprint()
            .add("code", request.madeBy())
            .add("name", request.name().text())
            .add("docker", request.dockerPlatform().toString())
            .add("index", Digest.of(index))
            .digest(),
        members.stream()
            .map(Member::image)
            .map(
                image ->
                    new IndexReport.Entry(
                        image.platform(),
                        image.manifest().digest(),
                        image.references().config().orElseThrow().digest(),
                        image.size()))
            .toList());
  }
}
