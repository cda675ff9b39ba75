package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders for images, containers and volumes; all gone when the tests end. */
public final class Workspace {

  private static final Path ROOT = create();

  private Workspace() {}

  /** Returns a new empty folder, whose path anyone may pass and whose name starts with a word. */
  public static Path newFolder(String word) {
    try {
      Path folder = Files.createTempDirectory(ROOT, word + "-");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a folder in " + ROOT, e);
    }
  }

  /** Deletes a folder and all in it, though other users own it (the tests run as root then). */
  public static void delete(Path folder) {
    // Folders that a container closed for its own user too.
    Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
    Command.of("rm", "-rf", folder.toString()).run();
  }

  private static Path create() {
    try {
      // Short: prosody.sock's path must fit into 107 bytes.
      Path root = Files.createTempDirectory("prosody-it-");
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root)));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a folder for the containers", e);
    }
  }
}
