package io.github.prosodyoci.it.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a container runtime must know.
 *
 * @param folder the container's own folder; the runtime may add files
 * @param rootfs the container's own copy of the image's root file system
 * @param args the program and its arguments
 * @param env the whole environment
 * @param uid the numeric user
 * @param gid the numeric group
 * @param workingDirectory where the program starts
 * @param mounts folders and files of this machine, in the order of their targets
 * @param tmpfs empty folders in memory, with the mode that the image gives that folder
 * @param readOnly whether the root file system cannot be written to
 * @param hostname the container's host name
 * @param emulator what runs the image's programs, if this machine cannot
 */
record ContainerSpec(
    Path folder,
    Path rootfs,
    List<String> args,
    Map<String, String> env,
    int uid,
    int gid,
    String workingDirectory,
    List<Mount> mounts,
    List<String> tmpfs,
    boolean readOnly,
    String hostname,
    Optional<Emulator> emulator) {

  /**
   * A folder or file of this machine seen in the container.
   *
   * @param source its path on this machine
   * @param target its path in the container
   * @param readOnly whether the container cannot write to it
   */
  record Mount(Path source, String target, boolean readOnly) {}
}
