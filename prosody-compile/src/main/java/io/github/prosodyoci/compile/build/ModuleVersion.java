package io.github.prosodyoci.compile.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this module, as its build recorded it. */
final class ModuleVersion {

  private ModuleVersion() {}

  static String read() {
    Properties properties = new Properties();
    try (InputStream in = ModuleVersion.class.getResourceAsStream("module.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "");
  }
}
