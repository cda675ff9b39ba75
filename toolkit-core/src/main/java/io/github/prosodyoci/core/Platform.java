package io.github.prosodyoci.core;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A target platform: what OCI, Alpine, LLVM, Debian and ELF each call the same machine. */
public enum Platform {
  /** 64-bit x86. */
  LINUX_AMD64(
      "amd64", null, "x86_64", "amd64", "x86_64-linux-musl", "x86_64", "linux-x86_64", 62, 64),
  /** 64-bit ARM. */
  LINUX_ARM64(
      "arm64", null, "aarch64", "arm64", "aarch64-linux-musl", "aarch64", "linux-aarch64", 183, 64),
  /** 32-bit ARM with hardware floating point. */
  LINUX_ARM_V7(
      "arm", "v7", "armv7", "armhf", "armv7-linux-musleabihf", "armhf", "linux-armv4", 40, 32),
  /** 32-bit x86. */
  LINUX_386("386", null, "x86", "i386", "i586-linux-musl", "i386", "linux-x86", 3, 32),
  /** 64-bit POWER, little-endian. */
  LINUX_PPC64LE(
      "ppc64le",
      null,
      "ppc64le",
      "ppc64el",
      "powerpc64le-linux-musl",
      "powerpc64le",
      "linux-ppc64le",
      21,
      64),
  /** 64-bit IBM Z, the only one that is big-endian. */
  LINUX_S390X(
      "s390x", null, "s390x", "s390x", "s390x-linux-musl", "s390x", "linux64-s390x", 22, 64),
  /** 64-bit RISC-V. */
  LINUX_RISCV64(
      "riscv64",
      null,
      "riscv64",
      "riscv64",
      "riscv64-linux-musl",
      "riscv64",
      "linux64-riscv64",
      243,
      64);

  private static final String OS = "linux";

  private final String architecture;
  private final @Nullable String variant;
  private final String apkArchitecture;
  private final String debianArchitecture;
  private final String triple;
  private final String muslArchitecture;
  private final String opensslTarget;
  private final int elfMachine;
  private final int wordSize;

  Platform(
      String architecture,
      @Nullable String variant,
      String apkArchitecture,
      String debianArchitecture,
      String triple,
      String muslArchitecture,
      String opensslTarget,
      int elfMachine,
      int wordSize) {
    this.architecture = architecture;
    this.variant = variant;
    this.apkArchitecture = apkArchitecture;
    this.debianArchitecture = debianArchitecture;
    this.triple = triple;
    this.muslArchitecture = muslArchitecture;
    this.opensslTarget = opensslTarget;
    this.elfMachine = elfMachine;
    this.wordSize = wordSize;
  }

  /**
   * Returns the platform that an OCI platform text names, such as {@code linux/amd64} or {@code
   * linux/arm/v7}.
   *
   * @throws IllegalArgumentException if the text names none of ours
   */
  @JsonCreator
  public static Platform parse(String text) {
    List<String> parts = List.of(text.split("/", -1));
    Optional<Platform> found =
        parts.size() == 2 || parts.size() == 3
            ? of(parts.get(0), parts.get(1), parts.size() == 3 ? parts.get(2) : null)
            : Optional.empty();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "Unknown platform "
                    + text
                    + "; known are "
                    + Arrays.stream(values())
                        .map(Platform::toString)
                        .collect(Collectors.joining(", "))));
  }

  /**
   * Returns the platform with OCI's names (image-index.md, "platform"). {@code arm64} is {@code
   * arm64/v8}; every other variant must be the same.
   *
   * @param variant the variant, or null if none is named
   */
  public static Optional<Platform> of(String os, String architecture, @Nullable String variant) {
    boolean implied = architecture.equals("arm64") && "v8".equals(variant);
    Optional<String> wanted = implied ? Optional.empty() : Optional.ofNullable(variant);
    return Arrays.stream(values())
        .filter(each -> os.equals(OS) && each.architecture.equals(architecture))
        .filter(each -> each.variant().equals(wanted))
        .findFirst();
  }

  /**
   * Returns the platform of a machine by Java's name of its architecture, if it is one of ours.
   *
   * @param osArch as the system property {@code os.arch}
   */
  public static Optional<Platform> ofMachine(String osArch) {
    return Optional.ofNullable(
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> LINUX_AMD64;
          case "aarch64", "arm64" -> LINUX_ARM64;
          case "arm" -> LINUX_ARM_V7;
          case "x86", "i386" -> LINUX_386;
          case "ppc64le" -> LINUX_PPC64LE;
          case "s390x" -> LINUX_S390X;
          case "riscv64" -> LINUX_RISCV64;
          default -> null;
        });
  }

  /** Returns the OCI operating system, {@code linux}. */
  public String os() {
    return OS;
  }

  /** Returns the OCI architecture, such as {@code amd64}. */
  public String architecture() {
    return architecture;
  }

  /** Returns the OCI variant of the architecture, such as {@code v7}, if it has one. */
  public Optional<String> variant() {
    return Optional.ofNullable(variant);
  }

  /** Returns Alpine's architecture, such as {@code x86_64}. */
  public String apkArchitecture() {
    return apkArchitecture;
  }

  /** Returns Debian's architecture, such as {@code armhf}. */
  public String debianArchitecture() {
    return debianArchitecture;
  }

  /** Returns the compiler's target triple, such as {@code x86_64-linux-musl}. */
  public String triple() {
    return triple;
  }

  /**
   * Returns the architecture as musl names its loader after it, such as {@code armhf}; LLVM names
   * its runtime libraries likewise.
   */
  public String muslArchitecture() {
    return muslArchitecture;
  }

  /** Returns what OpenSSL's {@code Configure} calls it, such as {@code linux-x86_64}. */
  public String opensslTarget() {
    return opensslTarget;
  }

  /** Returns the machine of its ELF files, {@code e_machine} (System V ABI). */
  public int elfMachine() {
    return elfMachine;
  }

  /** Returns the size of a pointer in bits, 32 or 64. */
  public int wordSize() {
    return wordSize;
  }

  /** Returns the order of the bytes in a number. */
  public ByteOrder byteOrder() {
    return this == LINUX_S390X ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  /** Returns the platform as part of a file name, such as {@code linux-arm-v7}. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the OCI platform text, such as {@code linux/amd64}. */
  @JsonValue
  @Override
  public String toString() {
    return OS + "/" + architecture + (variant == null ? "" : "/" + variant);
  }
}
