package io.github.prosodyoci.packages;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexReader;
import java.io.IOException;
import java.nio.file.Path;

/** Reads packages and indexes in a Java of its own, and says how each ended. */
public final class SmallMemory {

  private SmallMemory() {}

  /**
   * Prints a line for each file.
   *
   * @param arguments the folder of the keys, then the files
   */
  public static void main(String[] arguments) throws IOException {
    TrustedKeys keys = TrustedKeys.read(Path.of(arguments[0]));
    for (int i = 1; i < arguments.length; i++) {
      Path file = Path.of(arguments[i]);
      String outcome;
      try {
        if (file.toString().endsWith(".apk")) {
          Apk.read(file, keys).verify();
        } else {
          IndexReader.read(file, keys);
        }
        outcome = "read";
      } catch (FailureException e) {
        outcome = e.failureCode().text();
      } catch (OutOfMemoryError e) {
        outcome = "out of memory";
      }
      System.out.println(file.getFileName() + " " + outcome);
    }
  }
}
