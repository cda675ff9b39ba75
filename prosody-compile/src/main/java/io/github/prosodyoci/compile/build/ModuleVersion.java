package io.github.prosodyoci.compile.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of this module, as its build recorded it. */
final class ModuleVersion {

  private ModuleVersion() {}

  static String read() {
    try (InputStream in = ModuleVersion.class.getResourceAsStream("module-version.txt")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
