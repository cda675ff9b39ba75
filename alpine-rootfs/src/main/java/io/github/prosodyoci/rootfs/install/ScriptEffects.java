package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.Apk;
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
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** What is done for every image with certificates, whoever asks for it. */
  private static final Pattern GATHERS_CERTIFICATES =
      Pattern.compile(
          "#!/bin/(?:busybox )?sh\\s+(?:exec )?/usr/sbin/update-ca-certificates(?: --fresh)?"
              + "(?: *(?:&>|>) */dev/null)?(?: *2>&1)?\\s*(?:exit 0)?\\s*");

  private final Map<String, Effect> known;

  /**
   * What is done in place of a script.
   *
   * @param text what, for people
   * @param commands the users and groups that are added
   */
  private record Effect(String text, List<AccountCommand> commands) {
    Effect with(List<AccountCommand> more) {
      return new Effect(text, Stream.concat(commands.stream(), more.stream()).toList());
    }
  }

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
   * @throws FailureException if a script is not understood, known or waived ({@code
   *     unknown-script})
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
    if (GATHERS_CERTIFICATES.matcher(script).matches()) {
      return "gathered the certificates";
    }
    Effect effect = known.get(digest.hex());
    if (effect != null) {
      effect.commands().forEach(accounts::apply);
      return effect.text();
    }
    throw Failure.of(
            RootfsCode.UNKNOWN_SCRIPT,
            "install",
            apk.info().nameVersion(),
            "its " + type + " script (" + digest + ") is not known, and scripts are never run")
        .advising(
            "Read it (tar -xzOf "
                + apk.info().fileName()
                + " ."
                + type
                + "). If the image does not need what it does, waive it:"
                + " <waivedScripts><script><digest>"
                + digest
                + "</digest><reason>…</reason></script></waivedScripts>; otherwise do what it does"
                + " by <files> in a layer, and waive it too.")
        .toException();
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
        List<AccountCommand> commands = AccountCommand.parse(line).orElseThrow();
        known.computeIfPresent(digest, (key, effect) -> effect.with(commands));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        digest = line.substring(0, 64);
        known.put(digest, new Effect(line.substring(64).strip(), List.of()));
      }
    }
    return known;
  }
}
