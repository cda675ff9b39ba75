package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What packages' scripts would do in an empty root, done as data. Scripts are never run: one that
 * only adds users and groups is understood; others are known by their digests ({@code
 * known-scripts.txt}), or waived by the user; any other stops the build.
 */
final class ScriptEffects {

  /** What apk runs when it installs a package for the first time. */
  static final List<ScriptType> AT_INSTALL =
      List.of(ScriptType.PRE_INSTALL, ScriptType.POST_INSTALL, ScriptType.TRIGGER);

  /** What apk runs when it installs another version of a package. */
  static final List<ScriptType> AT_UPGRADE =
      List.of(ScriptType.PRE_UPGRADE, ScriptType.POST_UPGRADE, ScriptType.TRIGGER);

  /** What apk runs when it removes a package. */
  static final List<ScriptType> AT_REMOVAL =
      List.of(ScriptType.PRE_DEINSTALL, ScriptType.POST_DEINSTALL);

  /** What apk runs of a package that stays, when a folder was changed that it watches. */
  static final List<ScriptType> AT_CHANGE = List.of(ScriptType.TRIGGER);

  private static final String KNOWN = "known-scripts.txt";

  private static final List<String> GATHERS_CERTIFICATES =
      List.of("/usr/sbin/update-ca-certificates");

  /** How {@code known-scripts.txt} says that a script makes the links of BusyBox. */
  private static final String LINKS = "busybox --install -s";

  private final Map<String, Effect> known;

  /**
   * What is done in place of a script.
   *
   * @param text what, for people
   * @param script the users and groups that are added
   * @param links whether it makes the links of BusyBox
   */
  private record Effect(String text, String script, boolean links) {
    Effect with(String line) {
      return line.equals(LINKS)
          ? new Effect(text, script, true)
          : new Effect(text, script + line + "\n", links);
    }
  }

  /**
   * What scripts act on.
   *
   * @param accounts the image's users and groups
   * @param homes makes the home folders of users
   * @param applets whether the package lists the links that BusyBox makes
   */
  record Target(Accounts accounts, Accounts.Homes homes, boolean applets) {}

  private final Map<Digest, String> waived;
  private final List<RootfsReport.Script> outcomes = new ArrayList<>();

  /**
   * Creates effects.
   *
   * @param waived why a script's effect is not needed, by the script's digest
   */
  ScriptEffects(Map<Digest, String> waived) {
    this.waived = waived;
    known = readKnown();
  }

  /** Returns what was done in place of each script so far. */
  List<RootfsReport.Script> outcomes() {
    return List.copyOf(outcomes);
  }

  /**
   * Does what a package's script of one type does.
   *
   * @param scripts the package's scripts
   * @param due which of its scripts apk runs now
   * @throws FailureException if a script is not understood, known or waived, or if it would fail
   *     ({@code unknown-script})
   */
  void apply(
      PackageInfo info,
      Map<ScriptType, String> scripts,
      ScriptType type,
      List<ScriptType> due,
      Target target) {
    String script = scripts.get(type);
    if (script == null) {
      return;
    }
    Digest digest = Digest.of(script.getBytes(StandardCharsets.UTF_8));
    outcomes.add(
        new RootfsReport.Script(
            info.nameVersion(),
            type.toString(),
            digest,
            due.contains(type)
                ? outcome(info, type, script, digest, target)
                : due == AT_INSTALL ? "not for a first installation" : "not for an upgrade"));
  }

  private String outcome(
      PackageInfo info, ScriptType type, String script, Digest digest, Target target) {
    String waiver = waived.get(digest);
    if (waiver != null) {
      return "waived: " + waiver;
    }
    String which = "its " + type + " script (" + digest + ")";
    Optional<AccountScript> accounts = AccountScript.parse(script);
    if (accounts.isPresent()) {
      Optional<String> failed = accounts.get().run(target.accounts(), target.homes());
      if (failed.isPresent()) {
        throw failure(info, which + " would fail: " + failed.get()).toException();
      }
      List<AccountCommand> commands = accounts.get().commands();
      return commands.isEmpty()
          ? "does nothing"
          : commands.stream()
              .map(AccountCommand::description)
              .collect(Collectors.joining(", ", "added ", ""));
    }
    if (gathersCertificates(script)) {
      return "gathered the certificates";
    }
    Effect effect = known.get(digest.hex());
    if (effect == null) {
      throw failure(info, which + " is not known, and scripts are never run")
          .advising(
              "Read it (tar -xzOf "
                  + info.fileName()
                  + " ."
                  + type
                  + "). If the image does not need what it does, waive it: "
                  + waiver(digest)
                  + "; otherwise do what it does by <files> in a layer, and waive it too.")
          .toException();
    }
    if (effect.links() && !target.applets()) {
      throw failure(
              info,
              which
                  + " makes BusyBox's links, and the package has no list of them in /etc/busybox-paths.d")
          .expecting("a package of Alpine 3.18 or later")
          .advising(
              "Take a later release; or bring the links by <files> in a layer, and waive the script: "
                  + waiver(digest))
          .toException();
    }
    // What comes after its commands decides whether the script fails.
    AccountScript.parse(effect.script()).orElseThrow().run(target.accounts(), target.homes());
    return effect.text();
  }

  private static Failure failure(PackageInfo info, String found) {
    return Failure.of(RootfsCode.UNKNOWN_SCRIPT, "install", info.nameVersion(), found);
  }

  private static String waiver(Digest digest) {
    return "<waivedScripts><script><digest>"
        + digest
        + "</digest><reason>…</reason></script></waivedScripts>";
  }

  /** Returns whether a script does only what is done for every image with certificates. */
  private static boolean gathersCertificates(String script) {
    List<ShellWords.Command> commands = ShellWords.commands(script).orElse(List.of());
    if (commands.isEmpty()
        || commands.size() > 2
        || (commands.size() == 2 && !commands.get(1).words().equals(List.of("exit", "0")))) {
      return false;
    }
    List<String> words = new ArrayList<>(commands.get(0).words());
    if (words.size() > 1 && words.get(0).equals("exec")) {
      words.remove(0);
    }
    if (words.size() > 1 && words.get(words.size() - 1).equals("--fresh")) {
      words.remove(words.size() - 1);
    }
    return words.equals(GATHERS_CERTIFICATES);
  }

  private static Map<String, Effect> readKnown() {
    try (InputStream in = ScriptEffects.class.getResourceAsStream(KNOWN)) {
      if (in == null) {
        throw new IllegalStateException(KNOWN + " is missing from the module");
      }
      return known(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + KNOWN, e);
    }
  }

  private static Map<String, Effect> known(List<String> lines) {
    Map<String, Effect> known = new HashMap<>();
    String digest = "";
    for (String line : lines) {
      if (line.startsWith(" ")) {
        known.computeIfPresent(digest, (key, effect) -> effect.with(line.strip()));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        digest = line.substring(0, 64);
        known.put(digest, new Effect(line.substring(64).strip(), "#!/bin/sh\n", false));
      }
    }
    return known;
  }
}
