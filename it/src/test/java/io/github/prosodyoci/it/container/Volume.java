package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that outlives a container; at first use it takes over what the image holds there. */
public final class Volume {

  private final Path folder;
  private boolean fresh;

  private Volume(Path folder, boolean fresh) {
    this.folder = folder;
    this.fresh = fresh;
  }

  /** Returns a new volume, as {@code docker volume create} makes one. */
  public static Volume create() {
    return new Volume(Workspace.newFolder("volume"), true);
  }

  /** Returns a folder of this machine as a volume, mounted as it is. */
  public static Volume of(Path folder) {
    return new Volume(folder, false);
  }

  /** Returns where the volume lies on this machine. */
  public Path folder() {
    return folder;
  }

  /** Gives the volume's folder, not what is in it, an owner; without effect unless root. */
  public Volume owner(int uid, int gid) {
    if (Tools.superuser()) {
      Command.of("chown", uid + ":" + gid, folder.toString()).output();
    }
    return this;
  }

  /** Gives the volume's folder a mode, such as {@code 0770}. */
  public Volume mode(String mode) {
    Command.of("chmod", mode, folder.toString()).output();
    return this;
  }

  /** Writes a file into the volume, readable by everybody. */
  public Volume write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write " + name + " into the volume", e);
    }
  }

  /** Copies what the image holds at the mount point, with owners and modes, if never done yet. */
  void fill(Path source) {
    if (fresh && Files.isDirectory(source)) {
      Command.of("cp", "-a", source + "/.", folder.toString()).output();
    }
    fresh = false;
  }
}
