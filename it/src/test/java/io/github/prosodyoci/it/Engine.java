package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Reachable;
import io.github.prosodyoci.it.container.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/** Programs {@code docker} and {@code kubectl} for the shell scripts of the documentation. */
interface Engine extends AutoCloseable {

  /**
   * Returns a real Docker where one runs, which takes root, or else a stand-in. A cluster is always
   * a stand-in.
   *
   * @param beforeStop is told name and container before one is stopped
   */
  static Engine ofThisUser(BiConsumer<String, Reachable> beforeStop) throws IOException {
    return Tools.superuser() && Tools.find("dockerd").isPresent()
        ? new DockerForScripts(beforeStop)
        : new EngineStandIn(beforeStop);
  }

  /** Returns the folder of the programs, for the PATH. */
  Path programs();

  /** Makes a volume that belongs to a user, and whose owner an image does not change. */
  void addVolume(String name, int uid, int gid) throws IOException;

  /** Keeps the containers that there are when a chapter ends. */
  void beginChapters();

  /**
   * Removes what a chapter has started and left running, except for the server that all chapters
   * are about, which runs afterwards.
   */
  void endChapter(String lasting) throws Exception;

  /** Stops a container, if there is such a one and it runs. */
  void stopIfRunning(String name);

  @Override
  void close() throws IOException;
}
