package io.github.prosodyoci.it;

import java.util.function.Consumer;

/**
 * Cuts an XMPP stream into stanzas: first the opening tag of the stream, then each child of it as
 * text. A stream holds neither comments nor document types (RFC 6120, 11.1), so that counting tags
 * is enough.
 */
final class StanzaSplitter {

  private final Consumer<String> stanzas;
  private final StringBuilder text = new StringBuilder();
  private int depth;
  private int tag = -1;
  private char quote;

  StanzaSplitter(Consumer<String> stanzas) {
    this.stanzas = stanzas;
  }

  /** Forgets the stream so far: a new one begins, as after SASL. */
  void restart() {
    text.setLength(0);
    depth = 0;
    tag = -1;
    quote = 0;
  }

  /** Takes the next part of the stream, wherever it is cut. */
  void feed(CharSequence part) {
    for (int i = 0; i < part.length(); i++) {
      feed(part.charAt(i));
    }
  }

  private void feed(char c) {
    if (tag < 0) {
      if (c == '<') {
        tag = text.length();
        text.append(c);
      } else if (depth > 1) {
        text.append(c);
      }
      return;
    }
    text.append(c);
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '>') {
      endTag();
    }
  }

  private void endTag() {
    char first = text.charAt(tag + 1);
    boolean closed = text.charAt(text.length() - 2) == '/';
    tag = -1;
    if (first == '?') {
      text.setLength(0);
      return;
    }
    if (first == '/') {
      depth--;
    } else if (!closed) {
      depth++;
    }
    boolean streamOpened = depth == 1 && first != '/' && !closed;
    if (streamOpened || depth <= 1) {
      String whole = text.toString();
      text.setLength(0);
      stanzas.accept(whole);
    }
  }
}
