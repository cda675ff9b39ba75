package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchResult;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.verify.debian.DebianFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports what Debian's patch queue gained; a person decides what a recipe uses of it. */
final class QueueNotes {

  private final Fetcher fetcher;

  QueueNotes(Fetcher fetcher) {
    this.fetcher = fetcher;
  }

  /** Returns a line for each patch and vulnerability that only the new queue names. */
  List<String> compare(List<DeclaredSource> before, List<DeclaredSource> after) throws IOException {
    List<String> notes = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      DeclaredSource old = before.get(i);
      DeclaredSource now = after.get(i);
      Optional<DebianFile> file =
          old.source().debianOrigin().flatMap(origin -> DebianFile.parse(origin.file()));
      if (file.isEmpty()
          || file.get().kind() != DebianFile.Kind.DEBIAN
          || old.source().sha256().equals(now.source().sha256())) {
        continue;
      }
      PatchQueue newer =
          PatchQueue.read(
              fetcher.fetch(FetchRequest.required(List.of(now.source()))).fetched().get(0).path());
      FetchResult former = fetcher.fetch(FetchRequest.optional(List.of(old.source())));
      Failure absent = former.absent().get(old.source());
      if (absent != null) {
        notes.add(
            "The former "
                + old.source().file()
                + " is gone, so compare the patches by hand: "
                + absent.reason());
        continue;
      }
      newer
          .without(PatchQueue.read(former.fetched().get(0).path()))
          .forEach(
              patch ->
                  notes.add("The queue gained " + patch + ": decide whether to add it to patches"));
      newer
          .securityFixesSince(file.get().version())
          .forEach(fix -> notes.add("The queue's changelog names " + fix));
    }
    return notes;
  }
}
