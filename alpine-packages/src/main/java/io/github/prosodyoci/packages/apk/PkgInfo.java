package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.packages.PackageCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The text of {@code .PKGINFO} (apk-package(5)). */
final class PkgInfo {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Set<String> REPEATABLE =
      Set.of("depend", "provides", "replaces", "install_if", "triggers");

  /** What the text says: the information, and the digest of the compressed data member. */
  record Content(PackageInfo info, Digest dataHash) {}

  private PkgInfo() {}

  static String format(PackageInfo info, Digest dataHash) {
    StringBuilder text = new StringBuilder();
    line(text, "pkgname", info.name());
    line(text, "pkgver", info.version());
    line(text, "pkgdesc", info.description());
    line(text, "url", info.url());
    line(text, "builddate", number(info.buildDate()));
    line(text, "packager", info.packager());
    text.append("size = ").append(info.installedSize()).append('\n');
    line(text, "arch", info.architecture());
    line(text, "origin", info.origin());
    line(text, "commit", info.commit());
    line(text, "maintainer", info.maintainer());
    line(text, "replaces_priority", number(info.replacesPriority()));
    line(text, "provider_priority", number(info.providerPriority()));
    line(text, "license", info.license());
    lines(text, "replaces", info.replaces());
    line(text, "triggers", String.join(" ", info.triggers()));
    lines(text, "depend", info.depends());
    lines(text, "provides", info.provides());
    // apk 2.14 keeps only the last install_if line, so all conditions stand on one.
    line(text, "install_if", Dependency.join(info.installIf()));
    line(text, "datahash", dataHash.hex());
    return text.toString();
  }

  private static String number(long value) {
    return value == 0 ? "" : Long.toString(value);
  }

  private static void lines(StringBuilder text, String key, List<Dependency> values) {
    values.forEach(value -> line(text, key, value.toString()));
  }

  private static void line(StringBuilder text, String key, String value) {
    if (!value.isEmpty()) {
      text.append(key).append(" = ").append(value).append('\n');
    }
  }

  /**
   * Reads the text.
   *
   * @throws FailureException if a single-valued key repeats, a needed key lacks or a value is none
   */
  static Content parse(String text, String where) {
    Fields fields = new Fields(where);
    try {
      for (String line : text.split("\n", -1)) {
        int split = line.indexOf(" = ");
        if (!line.startsWith("#") && split >= 0) {
          fields.put(line.substring(0, split), line.substring(split + 3));
        }
      }
      return fields.finish();
    } catch (FailureException e) {
      throw e.failure().about("read", where).toException(e);
    }
  }

  private static final class Fields {
    private final String where;
    private final Set<String> seen = new HashSet<>();
    private final PackageInfoBuilder info = PackageInfo.builder("", "", "");
    private String dataHash = "";

    Fields(String where) {
      this.where = where;
    }

    void put(String key, String value) {
      if (!seen.add(key) && !REPEATABLE.contains(key)) {
        throw bad("the key '" + Reasons.printable(key) + "' is repeated in .PKGINFO");
      }
      switch (key) {
        case "pkgname" -> info.name(value);
        case "pkgver" -> info.version(value);
        case "arch" -> info.architecture(value);
        case "pkgdesc" -> info.description(value);
        case "url" -> info.url(value);
        case "license" -> info.license(value);
        case "origin" -> info.origin(value);
        case "maintainer" -> info.maintainer(value);
        case "packager" -> info.packager(value);
        case "commit" -> info.commit(value);
        case "depend" -> info.depends(Dependency.parseAll(value));
        case "install_if" -> info.installIf(Dependency.parseAll(value));
        case "provides" -> info.provides(Dependency.parseAll(value));
        case "replaces" -> info.replaces(Dependency.parseAll(value));
        case "triggers" ->
            info.triggers(value.isBlank() ? new String[0] : value.strip().split(" +", -1));
        case "provider_priority" -> info.providerPriority((int) number(key, value, 0xffff));
        case "replaces_priority" -> info.replacesPriority((int) number(key, value, 0xffff));
        case "size" -> info.installedSize(number(key, value, Long.MAX_VALUE / 2));
        case "builddate" -> info.buildDate(number(key, value, Long.MAX_VALUE / 2));
        case "datahash" -> dataHash = value;
        default -> {
          // Unknown keys are skipped, as apk does.
        }
      }
    }

    Content finish() {
      if (!SHA256.matcher(dataHash).matches()) {
        throw bad(
            dataHash.isEmpty()
                ? "its .PKGINFO has no datahash"
                : "the datahash '"
                    + Reasons.printable(dataHash)
                    + "' is not 64 lower-case hexadecimal digits");
      }
      return new Content(info.build(), new Digest(dataHash));
    }

    private long number(String key, String value, long limit) {
      try {
        long number = Long.parseLong(value);
        if (number >= 0 && number <= limit) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw Failure.of(
                PackageCode.APK_FORMAT,
                "read",
                where,
                "the value '" + Reasons.printable(value) + "' of '" + key + "' is not a number")
            .toException(e);
      }
      throw bad("the value " + value + " of '" + key + "' is out of range");
    }

    private FailureException bad(String reason) {
      return Failure.of(PackageCode.APK_FORMAT, "read", where, reason).toException();
    }
  }
}
