package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.Mount;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one recipe is built. The layout is fixed, because the compiler wrappers map these paths to
 * others.
 *
 * @param root the folder that holds all of it
 */
record BuildFolder(Path root) {

  /** Where steps see it: a name so rare that it can be searched for in what they built. */
  private static final String PLACE = "/oci-work";

  /** Empties it and creates the folders that a build starts with. */
  void prepare() throws IOException {
    Folders.delete(root);
    Files.createDirectories(root.toAbsolutePath().getParent());
    // Closed to other users, who could otherwise put links in the way of what is unpacked.
    Files.createDirectory(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    for (Path folder :
        List.of(build(), destination(), sources(), temporary(), home(), bin(), steps(), out())) {
      Files.createDirectories(folder);
    }
  }

  /**
   * Creates the sandbox that steps run in: they can write where they build and install, and nowhere
   * else.
   *
   * @throws IOException if the folder cannot be written
   */
  Sandbox sandbox(Isolation isolation) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(Mount.readOnly(root, PLACE));
    for (Path folder : List.of(build(), destination(), home())) {
      mounts.add(Mount.writable(folder, PLACE + "/" + root.relativize(folder)));
    }
    mounts.add(Mount.writable(temporary(), "/tmp"));
    return isolation.sandbox(root.resolve("sandbox"), mounts);
  }

  /** Sources are unpacked and built here. */
  Path build() {
    return root.resolve("build");
  }

  Path destination() {
    return root.resolve("dest");
  }

  Path sources() {
    return root.resolve("sources");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  Path home() {
    return root.resolve("home");
  }

  /** The {@code PATH} of a step. */
  Path bin() {
    return root.resolve("bin");
  }

  /** The steps as scripts. */
  Path steps() {
    return root.resolve("steps");
  }

  /** The finished packages. */
  Path out() {
    return root.resolve("out");
  }

  Path sysroot() {
    return root.resolve("sysroot");
  }

  Path hostSysroot() {
    return root.resolve("hostroot");
  }

  Path log() {
    return root.resolve("build.log");
  }

  /** The shell that runs steps. */
  Path shell() {
    return bin().resolve("sh");
  }

  /** A script that opens a shell in the environment of a step. */
  Path enter() {
    return root.resolve("enter.sh");
  }
}
