package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.Apk;
import io.github.prosodyoci.rootfs.apk.ScriptType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What packages' scripts would do in an empty root, done as data. Scripts are never run: one that
 * only adds users and groups is understood; others are known by their digests ({@code
 * known-scripts.txt}), or waived by the user; any other stops the build.
 */
final class ScriptEffects {

  /** What apk runs when it installs a package for the first time. */
  private static final Set<ScriptType> AT_INSTALL =
      Set.of(ScriptType.PRE_INSTALL, ScriptType.POST_INSTALL, ScriptType.TRIGGER);

  private static final String KNOWN = "known-scripts.txt";

  private final Map<String, String> known;
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
   * Does what a package's scripts of one type do.
   *
   * @throws RootfsException if a script is not understood, known or waived ({@code unknown-script})
   */
  void apply(Apk apk, ScriptType type, Accounts accounts) {
    String script = apk.scripts().get(type);
    if (script == null) {
      return;
    }
    Digest digest = Digest.of(script.getBytes(StandardCharsets.UTF_8));
    outcomes.add(
        new RootfsReport.Script(
            apk.info().nameVersion(),
            type.toString(),
            digest,
            outcome(apk, type, script, digest, accounts)));
  }

  private String outcome(
      Apk apk, ScriptType type, String script, Digest digest, Accounts accounts) {
    if (!AT_INSTALL.contains(type)) {
      return "not for a first installation";
    }
    String waiver = waived.get(digest);
    if (waiver != null) {
      return "waived: " + waiver;
    }
    Optional<List<AccountCommand>> commands = AccountCommand.parse(script);
    if (commands.isPresent()) {
      commands.get().forEach(accounts::apply);
      return commands.get().isEmpty()
          ? "does nothing"
          : commands.get().stream()
              .map(AccountCommand::description)
              .collect(Collectors.joining(", ", "added ", ""));
    }
    String effect = known.get(digest.hex());
    if (effect != null) {
      return effect;
    }
    throw new RootfsException(
        Code.UNKNOWN_SCRIPT,
        "Could not install "
            + apk.info().nameVersion()
            + ": its "
            + type
            + " script ("
            + digest
            + ") is not known here, and scripts are never run. Read it (tar -xzOf "
            + apk.info().fileName()
            + " ."
            + type
            + "). If the image does not need what it does, waive it: <waivedScripts><script><digest>"
            + digest
            + "</digest><reason>…</reason></script></waivedScripts>; otherwise do what it does by"
            + " <files> in a layer, and waive it too.");
  }

  private static Map<String, String> readKnown() {
    Map<String, String> known = new HashMap<>();
    try (InputStream in = ScriptEffects.class.getResourceAsStream(KNOWN)) {
      if (in == null) {
        throw new IllegalStateException(KNOWN + " is missing from the module");
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(line -> known.put(line.substring(0, 64), line.substring(64).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + KNOWN, e);
    }
    return known;
  }
}
