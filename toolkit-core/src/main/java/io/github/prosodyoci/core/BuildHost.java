package io.github.prosodyoci.core;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A kind of machine that can build: those which a build root can be made for. */
public enum BuildHost {
  /** Linux on 64-bit x86. */
  LINUX_X86_64("linux-x86_64", Platform.LINUX_AMD64),
  /** Linux on 64-bit ARM. */
  LINUX_ARM64("linux-arm64", Platform.LINUX_ARM64);

  private final String text;
  private final Platform platform;

  BuildHost(String text, Platform platform) {
    this.text = text;
    this.platform = platform;
  }

  /**
   * Returns the machine that this Java runs on.
   *
   * @throws FailureException if no build root can be made for it
   */
  public static BuildHost current() {
    return detect(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  /**
   * Returns the machine that Java's names stand for.
   *
   * @param osName as the system property {@code os.name}
   * @param osArch as the system property {@code os.arch}
   * @throws FailureException if no build root can be made for it
   */
  public static BuildHost detect(String osName, String osArch) {
    String os =
        switch (osName.toLowerCase(Locale.ROOT)) {
          case "linux" -> "linux";
          default -> osName;
        };
    String architecture =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm64";
          default -> osArch;
        };
    return parse(os + "-" + architecture);
  }

  /**
   * Returns the machine that a text names, such as {@code linux-x86_64}.
   *
   * @throws FailureException if no build root can be made for it
   */
  public static BuildHost parse(String text) {
    return Arrays.stream(values())
        .filter(host -> host.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Failure.of(
                        CommonCode.CONFIGURATION,
                        "build on",
                        text,
                        "build steps run on "
                            + Arrays.stream(values())
                                .map(BuildHost::toString)
                                .collect(Collectors.joining(", ")))
                    .advising("Build on one of these.")
                    .toException());
  }

  /** Returns the architecture as Alpine and musl call it, such as {@code x86_64}. */
  public String apkArchitecture() {
    return platform.apkArchitecture();
  }

  /** Returns the platform whose programs run on it. */
  public Platform platform() {
    return platform;
  }

  /** Returns the name as recipes give it in {@code host}, such as {@code linux-x86_64}. */
  @Override
  public String toString() {
    return text;
  }
}
