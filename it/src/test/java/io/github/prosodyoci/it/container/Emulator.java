package io.github.prosodyoci.it.container;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How this machine runs the programs of another platform: by qemu's user emulation, which is
 * registered with the kernel (binfmt-misc) for the user namespace of one container alone. Where the
 * kernel does not allow that, the machine's own registration serves.
 *
 * @param registration what the kernel must be told, or empty if it knows already
 */
record Emulator(Optional<String> registration) {

  /** Where a machine's own registrations are. */
  private static final Path MACHINE = Path.of("/proc/sys/fs/binfmt_misc");

  private static final Map<Platform, String> QEMU =
      Map.of(
          Platform.LINUX_AMD64, "x86_64",
          Platform.LINUX_ARM64, "aarch64",
          Platform.LINUX_ARM_V7, "arm",
          Platform.LINUX_386, "i386",
          Platform.LINUX_PPC64LE, "ppc64le",
          Platform.LINUX_S390X, "s390x",
          Platform.LINUX_RISCV64, "riscv64");

  private static final Map<Platform, Optional<Emulator>> FOUND = new ConcurrentHashMap<>();

  /**
   * Returns what runs a platform's programs, or nothing if this machine does by itself. Where
   * neither is possible, the calling test is skipped.
   */
  static Optional<Emulator> of(Platform platform) {
    return FOUND.computeIfAbsent(platform, Emulator::find);
  }

  private static Optional<Emulator> find(Platform platform) {
    String machine = Command.of("uname", "-m").output().strip();
    if (platform.apkArchitecture().equals(machine)
        || (platform == Platform.LINUX_386 && machine.equals("x86_64"))) {
      return Optional.empty();
    }
    String qemu = "qemu-" + QEMU.get(platform);
    String program = Tools.require(qemu + "-static");
    if (canRegister()) {
      return Optional.of(
          new Emulator(
              Optional.of(
                  ":prosody-it:M::"
                      + magic(platform)
                      + ":"
                      + mask(platform)
                      + ":"
                      + program
                      + ":PF")));
    }
    if (registeredByTheMachine(qemu)) {
      return Optional.of(new Emulator(Optional.empty()));
    }
    return abort(
        "This kernel lets no user namespace register an emulator (Linux 6.7 and later can), and "
            + qemu
            + " is not registered for the machine");
  }

  private static boolean canRegister() {
    Path folder = Workspace.newFolder("binfmt");
    return Command.of(
                Tools.require("unshare"),
                "--user",
                "--map-root-user",
                "--mount",
                "mount",
                "-t",
                "binfmt_misc",
                "none",
                folder.toString())
            .run()
            .exitCode()
        == 0;
  }

  private static boolean registeredByTheMachine(String qemu) {
    try {
      Path entry = MACHINE.resolve(qemu);
      // F: the program is open already, so that a container need not have it.
      return Files.isReadable(entry)
          && Files.readString(entry).matches("(?s)enabled\n.*flags: \\w*F.*");
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns shell commands, to go before others, that register the emulator in a new namespace. */
  String setUp(Path folder) throws IOException {
    if (registration.isEmpty()) {
      return "";
    }
    Path mount = Files.createDirectories(folder.resolve("binfmt"));
    return "mount -t binfmt_misc none '%1$s' && printf %%s '%2$s' >'%1$s/register' && "
        .formatted(mount, registration.get());
  }

  /** The first 20 bytes of a platform's ELF executable (System V ABI, "ELF Header"). */
  private static String magic(Platform platform) {
    int order = platform.byteOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 2;
    int[] identification = {0x7f, 'E', 'L', 'F', platform.wordSize() / 32, order, 1};
    return escaped(header(platform, identification, 2, platform.elfMachine()));
  }

  /** Which bits count: not the ABI, nor whether it is an executable (2) or a shared object (3). */
  private static String mask(Platform platform) {
    int[] identification = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    return escaped(header(platform, identification, 0xfffe, 0xffff));
  }

  private static byte[] header(Platform platform, int[] identification, int type, int machine) {
    ByteBuffer header = ByteBuffer.allocate(20).order(platform.byteOrder());
    for (int each : identification) {
      header.put((byte) each);
    }
    header.putShort(16, (short) type);
    header.putShort(18, (short) machine);
    return header.array();
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      text.append(String.format("\\x%02x", each));
    }
    return text.toString();
  }
}
