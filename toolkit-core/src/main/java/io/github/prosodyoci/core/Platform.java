package io.github.prosodyoci.core;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A target platform: what OCI, Alpine, LLVM and Debian each call the same machine. */
public enum Platform {
  /** 64-bit x86. */
  LINUX_AMD64("amd64", "x86_64", "x86_64-linux-musl"),
  /** 64-bit ARM. */
  LINUX_ARM64("arm64", "aarch64", "aarch64-linux-musl");

  private final String architecture;
  private final String apkArchitecture;
  private final String triple;

  Platform(String architecture, String apkArchitecture, String triple) {
    this.architecture = architecture;
    this.apkArchitecture = apkArchitecture;
    this.triple = triple;
  }

  /**
   * Returns the platform that an OCI platform text names, such as {@code linux/amd64}.
   *
   * @throws IllegalArgumentException if the text names none of ours
   */
  @JsonCreator
  public static Platform parse(String text) {
    return Arrays.stream(values())
        .filter(platform -> platform.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown platform "
                        + text
                        + "; known are "
                        + Arrays.stream(values())
                            .map(Platform::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** Returns the OCI operating system, {@code linux}. */
  public String os() {
    return "linux";
  }

  /** Returns the OCI architecture, such as {@code amd64}; Debian uses the same names. */
  public String architecture() {
    return architecture;
  }

  /** Returns Alpine's architecture, such as {@code x86_64}; musl uses the same names. */
  public String apkArchitecture() {
    return apkArchitecture;
  }

  /** Returns the compiler's target triple, such as {@code x86_64-linux-musl}. */
  public String triple() {
    return triple;
  }

  /** Returns the platform as part of a file name, such as {@code linux-amd64}. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the OCI platform text, such as {@code linux/amd64}. */
  @JsonValue
  @Override
  public String toString() {
    return os() + "/" + architecture;
  }
}
