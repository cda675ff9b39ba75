package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.image.OciDocuments.Descriptor;
import io.github.prosodyoci.image.OciDocuments.Index;
import io.github.prosodyoci.image.OciDocuments.Manifest;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/** Reads the archive of one image, and believes nothing that its digest does not prove. */
final class ArchiveReader implements Closeable {

  /** No registry takes a manifest beyond 4 MiB (distribution-spec, "Pushing Manifests"). */
  private static final long MAX_DOCUMENT = 4 << 20;

  private final Path archive;
  private final TarFile tar;
  private final Map<String, TarArchiveEntry> entries = new HashMap<>();
  private final byte[] manifestBytes;
  private final Digest digest;
  private final List<Descriptor> blobs = new ArrayList<>();

  /**
   * Opens an archive and checks every blob of its image.
   *
   * @throws FailureException with {@link ImageCode#NO_ARCHIVE} if it is missing, with {@link
   *     ImageCode#ARCHIVE_DAMAGED} if it does not hold exactly one image, or is damaged
   * @throws IOException if it cannot be read
   */
  ArchiveReader(Path archive) throws IOException {
    this.archive = archive;
    if (!Files.isRegularFile(archive)) {
      throw Failure.of(ImageCode.NO_ARCHIVE, "read", thing(), "there is no such file")
          .toException();
    }
    this.tar = open(archive);
    try {
      for (TarArchiveEntry entry : tar.getEntries()) {
        if (entries.put(entry.getName(), entry) != null) {
          throw damaged("it has " + entry.getName() + " twice").toException();
        }
      }
      Index index = parse("index.json", document(ImageArchive.INDEX), Index.class);
      if (index.manifests().size() != 1) {
        throw damaged("its index.json does not list exactly one image").toException();
      }
      Descriptor manifest = index.manifests().get(0);
      this.digest = manifest.digest();
      check(manifest);
      this.manifestBytes = document(ImageArchive.blob(digest));
      Manifest parsed = parse("the manifest", manifestBytes, Manifest.class);
      blobs.addAll(parsed.layers());
      // The configuration last: who sees it in a registry finds its layers there already.
      blobs.add(parsed.config());
      for (Descriptor blob : blobs) {
        check(blob);
      }
    } catch (IOException | RuntimeException e) {
      tar.close();
      throw e;
    }
  }

  private TarFile open(Path file) throws IOException {
    try {
      return new TarFile(file);
    } catch (IOException | IllegalArgumentException e) {
      if (e instanceof IOException failure && FileFailures.isInterrupt(failure)) {
        throw failure;
      }
      throw damaged("it is not a tar file").toException(e);
    }
  }

  private void check(Descriptor blob) throws IOException {
    if (entry(ImageArchive.blob(blob.digest())).getSize() != blob.size()) {
      throw damaged("its blob " + blob.digest() + " has another size")
          .expecting(blob.size() + " bytes")
          .toException();
    }
    try (InputStream in = open(blob)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private TarArchiveEntry entry(String name) {
    TarArchiveEntry entry = entries.get(name);
    if (entry == null || !entry.isFile()) {
      throw damaged("it has no file " + name).toException();
    }
    return entry;
  }

  private byte[] document(String name) throws IOException {
    TarArchiveEntry entry = entry(name);
    if (entry.getSize() > MAX_DOCUMENT) {
      throw damaged(name + " has " + entry.getSize() + " bytes")
          .expecting("at most " + MAX_DOCUMENT)
          .toException();
    }
    try (InputStream in = tar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  private <T> T parse(String name, byte[] json, Class<T> type) {
    try {
      return Json.parse(name, json, type);
    } catch (IOException e) {
      throw damaged(Reasons.of(e)).toException(e);
    }
  }

  private Failure damaged(String reason) {
    return Failure.of(ImageCode.ARCHIVE_DAMAGED, "read", thing(), reason);
  }

  private String thing() {
    return "the image archive " + archive;
  }

  /** Returns the image digest. */
  Digest digest() {
    return digest;
  }

  /** Returns the manifest as it is stored. */
  byte[] manifest() {
    return manifestBytes;
  }

  /** Returns the layers, the lowest first, and then the configuration. */
  List<Descriptor> blobs() {
    return List.copyOf(blobs);
  }

  /** Returns a blob's content, which is held against its digest while it is read. */
  InputStream open(Descriptor blob) throws IOException {
    String name = ImageArchive.blob(blob.digest());
    return new CheckedInput(
        tar.getInputStream(entry(name)), blob.digest(), name + " in " + archive);
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
