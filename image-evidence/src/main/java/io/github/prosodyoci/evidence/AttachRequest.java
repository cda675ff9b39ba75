package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.sign.SigningKey;
import java.nio.file.Path;

/**
 * What to attach, and to which image.
 *
 * @param repository registry and repository, as signatures name it
 * @param image the digest of the image, which is there already
 * @param folder the documents, as {@link BillOfMaterials} and {@link BuildProvenance} write them
 * @param key the key that signs
 */
public record AttachRequest(String repository, Digest image, Path folder, SigningKey key) {}
