package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.oci.References;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An OCI image layout (image-layout.md), in a folder or in an archive. Nothing in it is believed
 * that its digest does not prove.
 */
public final class LayoutSource implements ImageSource {

  private final LayoutFiles files;
  private final Index index;

  private LayoutSource(LayoutFiles files) throws IOException {
    this.files = files;
    byte[] json = read(Layouts.INDEX, size(Layouts.INDEX));
    try {
      this.index = Json.parse("index.json", json, Index.class);
    } catch (IOException e) {
      throw damaged(Reasons.of(e)).toException(e);
    }
  }

  /**
   * Opens an archive, which is read through once.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#NO_ARCHIVE} if it is
   *     missing, with {@link ImageCode#ARCHIVE_DAMAGED} if it is not an image layout
   * @throws IOException if it cannot be read
   */
  public static LayoutSource archive(Path file) throws IOException {
    return new LayoutSource(new TarFiles(file));
  }

  /**
   * Opens a folder.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#NO_ARCHIVE} if it is
   *     missing, with {@link ImageCode#ARCHIVE_DAMAGED} if it is not an image layout
   * @throws IOException if it cannot be read
   */
  public static LayoutSource folder(Path folder) throws IOException {
    return new LayoutSource(new FolderFiles(folder));
  }

  @Override
  public String thing() {
    return files.thing();
  }

  @Override
  public Descriptor find(@Nullable String tag, @Nullable Digest digest) throws IOException {
    List<Descriptor> found = new ArrayList<>();
    for (Descriptor each : index.manifests()) {
      if (digest != null
          ? each.digest().equals(digest)
          : tag == null ? !isReferrer(each) : hasTag(each, tag)) {
        found.add(each);
      }
    }
    if (found.isEmpty() && digest != null) {
      return below(digest);
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    if (digest == null && tag == null) {
      throw damaged("its index.json does not list exactly one image").toException();
    }
    throw notFound(tag == null ? String.valueOf(digest) : tag);
  }

  private boolean isReferrer(Descriptor manifest) throws IOException {
    // Alone, it is what the layout is for.
    return index.manifests().size() > 1
        && OciDocuments.MANIFEST_TYPES.contains(manifest.mediaType())
        && references(manifest).subject().isPresent();
  }

  private Descriptor below(Digest digest) throws IOException {
    for (Descriptor each : index.manifests()) {
      if (each.leadsToIndex()) {
        for (Descriptor manifest : references(each).manifests()) {
          if (manifest.digest().equals(digest)) {
            return manifest;
          }
        }
      }
    }
    throw notFound(digest.toString());
  }

  private RuntimeException notFound(String wanted) {
    return Failure.of(
            ImageCode.IMAGE_NOT_FOUND, "find", wanted, files.thing() + " does not list it")
        .toException();
  }

  /** Names are tags, or whole references with a tag. */
  private static boolean hasTag(Descriptor manifest, String tag) {
    Map<String, String> annotations = manifest.annotations();
    String name = annotations == null ? null : annotations.get(Layouts.REF_NAME);
    return name != null && (name.equals(tag) || name.endsWith(":" + tag));
  }

  private References references(Descriptor manifest) throws IOException {
    byte[] json = document(manifest);
    try {
      return References.of("the manifest", manifest.mediaType(), json);
    } catch (IOException e) {
      throw damaged(Reasons.of(e)).toException(e);
    }
  }

  @Override
  public byte[] document(Descriptor manifest) throws IOException {
    check(manifest);
    return read(Layouts.blob(manifest.digest()), manifest.size());
  }

  private byte[] read(String name, long size) throws IOException {
    if (size > OciDocuments.MAX_DOCUMENT) {
      throw damaged(name + " has " + size + " bytes")
          .expecting("at most " + OciDocuments.MAX_DOCUMENT)
          .toException();
    }
    try (InputStream in = files.open(name)) {
      return in.readNBytes(OciDocuments.MAX_DOCUMENT);
    }
  }

  @Override
  public void check(Descriptor blob) throws IOException {
    checkSize(blob);
    Digest found = files.digest(Layouts.blob(blob.digest()));
    if (!found.equals(blob.digest())) {
      throw damaged("its blob " + blob.digest().hex() + " has the digest " + found)
          .expecting(blob.digest().toString())
          .toException();
    }
  }

  private void checkSize(Descriptor blob) throws IOException {
    long size = size(Layouts.blob(blob.digest()));
    if (size != blob.size()) {
      throw damaged("its blob " + blob.digest() + " has " + size + " bytes")
          .expecting(blob.size() + " bytes")
          .toException();
    }
  }

  private long size(String name) throws IOException {
    OptionalLong size = files.size(name);
    return size.orElseThrow(() -> damaged("it has no file " + name).toException());
  }

  @Override
  public InputStream open(Descriptor blob) throws IOException {
    checkSize(blob);
    return new CheckedInput(
        files.open(Layouts.blob(blob.digest())),
        blob.digest(),
        blob.size(),
        ImageCode.ARCHIVE_DAMAGED,
        blob.digest().hex() + " in " + files.thing());
  }

  @Override
  public List<Descriptor> referrers(Digest subject) throws IOException {
    List<Descriptor> found = new ArrayList<>();
    for (Descriptor each : index.manifests()) {
      if (OciDocuments.MANIFEST_TYPES.contains(each.mediaType())
          && references(each).subject().filter(of -> of.digest().equals(subject)).isPresent()) {
        found.add(each);
      }
    }
    return found;
  }

  private Failure damaged(String reason) {
    return Failure.of(ImageCode.ARCHIVE_DAMAGED, "read", files.thing(), reason);
  }
}
