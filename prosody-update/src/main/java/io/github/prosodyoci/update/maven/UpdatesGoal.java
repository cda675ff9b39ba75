package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.update.UpdateAccess;
import io.github.prosodyoci.verify.maven.TrustGoal;
import java.time.Clock;

/** A goal about newer sources. */
abstract class UpdatesGoal extends TrustGoal {

  UpdatesGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns what a search for newer sources reaches. */
  final UpdateAccess updates(FetchAccess access) {
    FetchSettings settings = settings(access);
    return new UpdateAccess(
        fetcher(access, settings),
        new UnpinnedDownloads(access.cache(), settings, access.progress()),
        archive(access),
        cache(),
        Clock.systemUTC());
  }
}
