package io.github.prosodyoci.packages.apk;

import java.util.Arrays;
import java.util.Optional;

/** When apk runs a package's script (apk-package(5)); we never run one. */
public enum ScriptType {
  /** Before the files are laid down. */
  PRE_INSTALL("pre-install"),
  /** After the files are laid down. */
  POST_INSTALL("post-install"),
  /** Before the package is removed. */
  PRE_DEINSTALL("pre-deinstall"),
  /** After the package is removed. */
  POST_DEINSTALL("post-deinstall"),
  /** Before another version replaces it. */
  PRE_UPGRADE("pre-upgrade"),
  /** After another version replaced it. */
  POST_UPGRADE("post-upgrade"),
  /** When a watched folder changed. */
  TRIGGER("trigger");

  private final String text;

  ScriptType(String text) {
    this.text = text;
  }

  /** Returns the type that a text such as {@code pre-install} names, or empty. */
  public static Optional<ScriptType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
  }

  /** Returns the type as text, such as {@code pre-install}. */
  @Override
  public String toString() {
    return text;
  }
}
