package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code prosodyctl shell invite} prints. */
final class Invitations {

  private static final Pattern LINK = Pattern.compile("https://\\S+/invite/([\\w-]+)");

  private Invitations() {}

  /** Returns the link to an invitation's page. */
  static URI link(String output) {
    return URI.create(match(output).group());
  }

  /** Returns the token of an invitation. */
  static String token(String output) {
    return match(output).group(1);
  }

  private static Matcher match(String output) {
    Matcher link = LINK.matcher(output);
    assertThat(link.find()).as(output).isTrue();
    return link;
  }
}
