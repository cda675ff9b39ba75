package io.github.prosodyoci.image;

import com.google.common.io.ByteStreams;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.image.OciDocuments.Descriptor;
import io.github.prosodyoci.image.OciDocuments.Index;
import io.github.prosodyoci.image.OciDocuments.Manifest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the archive of one image, and believes nothing that its digest does not prove. */
final class ArchiveReader {

  /** No registry takes a manifest beyond 4 MiB (distribution-spec, "Pushing Manifests"). */
  private static final long MAX_DOCUMENT = 4 << 20;

  private final Path archive;
  private final Map<String, Stored> files = new HashMap<>();
  private final byte[] manifest;
  private final Digest digest;
  private final List<Descriptor> blobs = new ArrayList<>();

  /** Where a file is in the archive, and what it holds. */
  private record Stored(long offset, long size, Digest digest) {}

  /**
   * Reads an archive and checks every blob of its image.
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
    readFiles();
    Index index = parse("index.json", document(ImageArchive.INDEX), Index.class);
    if (index.manifests().size() != 1) {
      throw damaged("its index.json does not list exactly one image").toException();
    }
    Descriptor image = index.manifests().get(0);
    check(image);
    this.digest = image.digest();
    this.manifest = document(ImageArchive.blob(digest));
    Manifest parsed = parse("the manifest", manifest, Manifest.class);
    blobs.addAll(parsed.layers());
    // The configuration last: who sees it in a registry finds its layers there already.
    blobs.add(parsed.config());
    blobs.forEach(this::check);
  }

  private void readFiles() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
      TarReader tar = new TarReader(in, thing(), TarReader.Dialect.ARCHIVE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.type() == TarEntry.Type.FILE) {
          Stored stored = new Stored(tar.offset(), entry.size(), Digest.of(tar.content()));
          if (files.put(entry.path(), stored) != null) {
            throw damaged("it has " + entry.path() + " twice").toException();
          }
        }
      }
    } catch (FailureException e) {
      throw e.failureCode() instanceof ArchiveCode
          ? damaged(e.failure().found()).toException(e)
          : e;
    }
  }

  private void check(Descriptor blob) {
    Stored file = file(ImageArchive.blob(blob.digest()));
    if (file.size() != blob.size()) {
      throw damaged("its blob " + blob.digest() + " has " + file.size() + " bytes")
          .expecting(blob.size() + " bytes")
          .toException();
    }
    if (!file.digest().equals(blob.digest())) {
      throw damaged("its blob " + blob.digest().hex() + " has the digest " + file.digest())
          .expecting(blob.digest().toString())
          .toException();
    }
  }

  private Stored file(String name) {
    Stored file = files.get(name);
    if (file == null) {
      throw damaged("it has no file " + name).toException();
    }
    return file;
  }

  private byte[] document(String name) throws IOException {
    Stored file = file(name);
    if (file.size() > MAX_DOCUMENT) {
      throw damaged(name + " has " + file.size() + " bytes")
          .expecting("at most " + MAX_DOCUMENT)
          .toException();
    }
    try (InputStream in = open(name, file)) {
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
    return manifest;
  }

  /** Returns the layers, the lowest first, and then the configuration. */
  List<Descriptor> blobs() {
    return List.copyOf(blobs);
  }

  /**
   * Returns a blob's content, whose digest is checked once more while it is read.
   *
   * @throws IOException if the archive cannot be read
   */
  InputStream open(Descriptor blob) throws IOException {
    String name = ImageArchive.blob(blob.digest());
    return open(name, file(name));
  }

  private InputStream open(String name, Stored file) throws IOException {
    InputStream in = Files.newInputStream(archive);
    try {
      ByteStreams.skipFully(in, file.offset());
    } catch (IOException e) {
      in.close();
      throw e;
    }
    return new CheckedInput(
        ByteStreams.limit(in, file.size()), file.digest(), name + " in " + archive);
  }
}
