package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.Source;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a progress is told. */
final class Heard implements Progress {

  final List<String> warnings = new CopyOnWriteArrayList<>();
  final List<FetchedSource> fetched = new CopyOnWriteArrayList<>();
  final List<Source> failed = new CopyOnWriteArrayList<>();
  final List<Long> received = new CopyOnWriteArrayList<>();

  @Override
  public void received(Source source, long bytes, long expected) {
    received.add(bytes);
  }

  @Override
  public void fetched(FetchedSource source) {
    fetched.add(source);
  }

  @Override
  public void failed(Source source) {
    failed.add(source);
  }

  @Override
  public void warning(String message) {
    warnings.add(message);
  }
}
