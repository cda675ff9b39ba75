package io.github.prosodyoci.fetch.origin;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.http.OriginException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The answer of an address that did not give the file.
 *
 * @param address the address, as it may be shown
 * @param failure what it answered
 */
public record Answer(String address, OriginException failure) {

  /**
   * Returns the failure to fetch a file, with every answer.
   *
   * @param thing the file
   * @param answers the answer of each address. The failure's code is that of all of them; if they
   *     differ, {@link FetchCode#DIGEST_MISMATCH} if one has it, else {@link FetchCode#NO_ORIGIN}
   */
  public static Failure failure(String thing, List<Answer> answers) {
    List<FetchCode> codes = answers.stream().map(each -> each.failure().code()).distinct().toList();
    FetchCode several =
        codes.contains(FetchCode.DIGEST_MISMATCH) ? FetchCode.DIGEST_MISMATCH : FetchCode.NO_ORIGIN;
    FetchCode code = codes.size() == 1 ? codes.get(0) : several;
    return Failure.of(code, "fetch", thing, found(answers));
  }

  private static String found(List<Answer> answers) {
    if (answers.size() == 1) {
      Answer only = answers.get(0);
      return only.address() + " answered: " + only.failure().getMessage();
    }
    return answers.isEmpty()
        ? "no origin can be asked"
        : answers.stream().map(Answer::toString).collect(Collectors.joining("; "));
  }

  @Override
  public String toString() {
    return address + " answered: " + failure.answer();
  }
}
