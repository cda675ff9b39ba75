package io.github.prosodyoci.core;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** Says in words why something failed; what failed is said by who asks. */
public final class Reasons {

  private static final int LONGEST = 500;

  private Reasons() {}

  /** Returns a text from outside so that it may stand in a message: of one line, and not long. */
  public static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .map(c -> Character.isISOControl(c) ? '\ufffd' : c)
        .forEach(shown::appendCodePoint);
    return text.length() > LONGEST ? shown.append('…').toString() : shown.toString();
  }

  /** Returns the start of a text from outside, of at most 60 characters, in ASCII. */
  public static String excerpt(String text) {
    String start = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return start.replaceAll("[^\\x20-\\x7e…]", "?");
  }

  /** Returns the reason of a failure in words, without what failed. */
  public static String of(@Nullable Throwable failure) {
    if (failure == null) {
      return "unknown reason";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NoSuchFileException missing) {
      return "there is no file " + missing.getFile();
    }
    if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
      return ((FileSystemException) failure).getFile() + " is in the way";
    }
    if (failure instanceof FileSystemException known && known.getReason() != null) {
      return known.getReason();
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : printable(message);
  }
}
