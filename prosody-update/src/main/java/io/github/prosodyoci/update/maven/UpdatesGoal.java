package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.fetch.UnpinnedDownloads;
import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.update.SourceUpdates;
import io.github.prosodyoci.verify.maven.TrustGoal;
import java.io.IOException;
import java.time.Clock;

/** A goal about newer sources. */
abstract class UpdatesGoal extends TrustGoal {

  UpdatesGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns what looks for newer sources, and takes them. */
  final SourceUpdates updates(FetchAccess access) throws IOException {
    return new SourceUpdates(
        fetcher(access, access.settings()),
        new UnpinnedDownloads(access.store(), mirrors(), access.settings()),
        archive(access),
        trust(),
        cache(),
        Clock.systemUTC());
  }
}
