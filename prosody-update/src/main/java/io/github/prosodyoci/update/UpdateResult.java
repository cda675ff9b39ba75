package io.github.prosodyoci.update;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.verify.VerifyResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A recipe's new pins, all of them verified.
 *
 * @param recipe the recipe
 * @param file where it stands
 * @param from the version before
 * @param to the version now
 * @param changes the values that change, in the order of the file
 * @param verification why the new sources may be trusted
 * @param notes what is left to a person, such as patches that the queue gained
 * @param text the whole new text of the file
 */
public record UpdateResult(
    String recipe,
    Path file,
    String from,
    String to,
    List<Change> changes,
    VerifyResult verification,
    List<String> notes,
    String text) {

  /** Copies the lists. */
  public UpdateResult {
    changes = List.copyOf(changes);
    notes = List.copyOf(notes);
  }

  /**
   * A value that changes.
   *
   * @param where its line
   * @param before the value before
   * @param after the value now
   */
  public record Change(Place where, String before, String after) {}

  /** Returns the update for people: what changes, why it may be trusted, what is left to do. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(recipe + " " + (from.equals(to) ? to : from + " -> " + to));
    changes.forEach(c -> lines.add(c.where() + ": " + c.before() + " -> " + c.after()));
    lines.addAll(verification.table());
    lines.addAll(notes);
    return lines;
  }

  /**
   * Writes the new text of the recipe, whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public void write() throws IOException {
    AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
