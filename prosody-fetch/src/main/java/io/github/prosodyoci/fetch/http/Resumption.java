package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Goes on where a transfer broke off (RFC 9110, sections 13.1.5 and 14). Only a server that gives
 * the file a strong entity tag is asked to, and only a part that says to be of the same file, and
 * to start at the very byte, is taken.
 */
final class Resumption {

  private static final Pattern RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");
  private static final Pattern STRONG_TAG = Pattern.compile("\"[!#-~]*\"");

  private Optional<String> tag = Optional.empty();
  private long total = -1;
  private boolean givenUp;

  /** Takes note of the headers of an answer that is the whole file. */
  void whole(HttpHeaders headers, long length) {
    tag = tag(headers);
    total = length;
  }

  private static Optional<String> tag(HttpHeaders headers) {
    return headers.firstValue("etag").filter(value -> STRONG_TAG.matcher(value).matches());
  }

  /** Says whether the rest may be asked for, if some bytes are held. */
  boolean isPossible(long held) {
    return !givenUp && held > 0 && tag.isPresent();
  }

  /** Does not resume again. */
  void giveUp() {
    givenUp = true;
  }

  /** Asks for what follows the bytes held, or for the whole if the file has changed. */
  void ask(HttpRequest.Builder request, long held) {
    request.header("Range", "bytes=" + held + "-").header("If-Range", tag.orElseThrow());
  }

  /**
   * Checks that an answer is the part that was asked for.
   *
   * @return how many bytes there are in all
   * @throws OriginException with {@link FetchCode#RANGE} if it is not
   */
  long part(HttpHeaders headers, long held) throws OriginException {
    String range = headers.firstValue("content-range").orElse("");
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      throw wrong("206 with the content range '" + Reasons.printable(range) + "'");
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    long size = Long.parseLong(matcher.group(3));
    if (first != held || last != size - 1 || (total >= 0 && size != total)) {
      throw wrong("206 with the content range '" + range + "' to what follows byte " + held);
    }
    if (headers.firstValue("etag").isPresent() && !tag(headers).equals(tag)) {
      throw wrong("206 of a file that has changed");
    }
    return size;
  }

  private static OriginException wrong(String answer) {
    return new OriginException(FetchCode.RANGE, answer, Next.TRY_AGAIN);
  }
}
