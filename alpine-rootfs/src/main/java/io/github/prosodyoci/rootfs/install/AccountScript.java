package io.github.prosodyoci.rootfs.install;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An install script that does nothing but add groups and users, one simple command after the other
 * (POSIX.1-2017, XCU chapter 2). Whatever is not known in full makes the script another one: no
 * branch, no pipe, no substitution, no other program.
 *
 * @param steps its commands in their order
 * @param exit the status that it ends with in any case; empty if its last command's counts
 */
record AccountScript(List<Step> steps, OptionalInt exit) {

  /** The most characters; genuine scripts have some hundred. */
  private static final int MAX_LENGTH = 1 << 16;

  private static final int MAX_STEPS = 500;
  private static final int MAX_STATUS = 255;

  /**
   * A command.
   *
   * @param command what it does; empty for {@code true} and assignments
   * @param mayFail whether a failure leaves the status 0, as with {@code || true}
   */
  record Step(Optional<AccountCommand> command, boolean mayFail) {}

  /** Returns what a script says; empty if it does anything else. */
  static Optional<AccountScript> parse(String script) {
    if (script.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Optional<List<ShellWords.Command>> commands = ShellWords.commands(script);
    if (commands.isEmpty() || commands.get().size() > MAX_STEPS) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    for (ShellWords.Command each : commands.get()) {
      List<String> words = each.words();
      if (words.isEmpty() || words.equals(List.of("true")) || words.equals(List.of(":"))) {
        steps.add(new Step(Optional.empty(), each.mayFail()));
      } else if (words.get(0).equals("exit") && !each.mayFail()) {
        return exit(words, steps);
      } else {
        Optional<AccountCommand> command = AccountCommand.of(words);
        if (command.isEmpty()) {
          return Optional.empty();
        }
        steps.add(new Step(command, each.mayFail()));
      }
    }
    return Optional.of(new AccountScript(List.copyOf(steps), OptionalInt.empty()));
  }

  /** Ends the script: the shell reads nothing after this. */
  private static Optional<AccountScript> exit(List<String> words, List<Step> steps) {
    OptionalInt status =
        words.size() == 1 ? OptionalInt.empty() : AccountCommand.number(words.get(1), MAX_STATUS);
    boolean good = words.size() == 1 || (words.size() == 2 && status.isPresent());
    return good ? Optional.of(new AccountScript(List.copyOf(steps), status)) : Optional.empty();
  }

  /** Returns the groups and users that it adds. */
  List<AccountCommand> commands() {
    return steps.stream().flatMap(step -> step.command().stream()).toList();
  }

  /**
   * Does what it says.
   *
   * @return why it fails; empty if it ends with the status 0
   */
  Optional<String> run(Accounts accounts, Accounts.Homes homes) {
    Optional<String> failure = Optional.empty();
    for (Step step : steps) {
      Optional<String> found = step.command().flatMap(each -> accounts.apply(each, homes));
      failure = step.mayFail() ? Optional.empty() : found;
    }
    if (exit.isEmpty()) {
      return failure;
    }
    int status = exit.getAsInt();
    return status == 0 ? Optional.empty() : Optional.of("it ends with the status " + status);
  }
}
