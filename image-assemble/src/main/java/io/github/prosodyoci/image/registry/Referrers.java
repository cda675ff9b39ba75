package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.registry.ImageRepository.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What refers to a manifest: as the registry lists it, or as a tag lists it where the registry does
 * not (distribution-spec, "Listing Referrers" and "Referrers Tag Schema").
 */
final class Referrers {

  private final ImageRepository repository;

  Referrers(ImageRepository repository) {
    this.repository = repository;
  }

  List<Descriptor> of(Digest subject) throws IOException {
    Optional<List<Descriptor>> listed = repository.listedReferrers(subject);
    return listed.isPresent() ? listed.get() : tagged(subject);
  }

  private static String tag(Digest subject) {
    return "sha256-" + subject.hex();
  }

  private List<Descriptor> tagged(Digest subject) throws IOException {
    Optional<Stored> stored = repository.manifest(tag(subject));
    return stored.isEmpty() || !stored.get().descriptor().leadsToIndex()
        ? List.of()
        : Json.parse("the referrers", stored.get().json(), Index.class).manifests();
  }

  /** Adds a manifest to the tag, unless the registry lists it by itself. */
  void add(Digest subject, Descriptor referrer) throws IOException {
    if (repository.listedReferrers(subject).isPresent()) {
      return;
    }
    List<Descriptor> all = new ArrayList<>(tagged(subject));
    if (all.stream().noneMatch(each -> each.digest().equals(referrer.digest()))) {
      all.add(referrer);
      byte[] index = Json.compact(Index.of(all, null));
      repository.pushTag(tag(subject), OciDocuments.INDEX_TYPE, index);
    }
  }
}
