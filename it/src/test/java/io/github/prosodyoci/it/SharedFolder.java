package io.github.prosodyoci.it;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** The test data beside the project, which the project's own machines have and users do not. */
final class SharedFolder {

  private SharedFolder() {}

  /** Returns a path in the folder; where it is not there, the calling test is skipped. */
  static Path find(String path) {
    String told = System.getenv("PROSODYOCI_SHARED");
    Path folder =
        told == null
            ? Path.of(System.getProperty("prosodyoci.it.root")).resolve("../shared")
            : Path.of(told);
    Path found = folder.toAbsolutePath().normalize().resolve(path);
    if (!Files.exists(found)) {
      abort(
          "No "
              + path
              + " in the folder `shared` beside the project; PROSODYOCI_SHARED names another");
    }
    return found;
  }
}
