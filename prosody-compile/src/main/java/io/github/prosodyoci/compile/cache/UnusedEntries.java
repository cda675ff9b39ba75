package io.github.prosodyoci.compile.cache;

import io.github.prosodyoci.core.Digest;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Says why entries of the cache are not used: of each once, of those of old builds only once. */
final class UnusedEntries {

  private final Consumer<String> warnings;
  private final Set<Digest> warned = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean warnedOfOld = new AtomicBoolean();

  UnusedEntries(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  void warn(Digest input, Path folder, String recipe, String reason) {
    boolean old =
        Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && !Files.exists(folder.resolve(PackageCache.STATEMENT), LinkOption.NOFOLLOW_LINKS);
    if (warned.add(input) && !(old && warnedOfOld.getAndSet(true))) {
      warnings.accept(
          old
              ? "Cached packages without a signed statement, such as those of "
                  + recipe
                  + " in "
                  + folder
                  + ", are not used: they are built again"
              : "The cached packages of "
                  + recipe
                  + " are not used: "
                  + reason
                  + " ("
                  + folder
                  + "). They are built again");
    }
  }
}
