package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.verify.maven.TrustGoal;

/** A goal about newer sources. */
abstract class UpdatesGoal extends TrustGoal {

  UpdatesGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns what fetches pages and new releases. */
  final UnpinnedDownloads unpinned(FetchAccess access) {
    return new UnpinnedDownloads(access.cache(), settings(access), access.progress());
  }
}
