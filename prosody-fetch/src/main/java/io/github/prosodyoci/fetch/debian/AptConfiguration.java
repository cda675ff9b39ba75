package io.github.prosodyoci.fetch.debian;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the mirrors out of apt's configuration, in both its formats (sources.list(5)). */
final class AptConfiguration {

  private static final Pattern OPTIONS = Pattern.compile("\\[[^\\]]*\\]");
  private static final Pattern COMMENTS = Pattern.compile("(?m)^#.*\\n?");
  private static final Pattern BLANK_LINES = Pattern.compile("\\n[ \\t]*(?=\\n)");
  private static final Set<String> NO = Set.of("no", "false", "without", "off", "disable");

  private AptConfiguration() {}

  /**
   * Returns the mirrors, in apt's own order of files. Unreadable files and malformed entries are
   * ignored.
   */
  static List<URI> mirrors(Path folder) {
    List<String> addresses = new ArrayList<>();
    for (Path file : files(folder)) {
      String text;
      try {
        text = Files.readString(file, StandardCharsets.UTF_8);
      } catch (IOException e) {
        continue;
      }
      if (file.toString().endsWith(".sources")) {
        addresses.addAll(deb822(text));
      } else {
        addresses.addAll(oneLine(text));
      }
    }
    Set<URI> mirrors = new LinkedHashSet<>();
    for (String address : addresses) {
      mirror(address).ifPresent(mirrors::add);
    }
    return List.copyOf(mirrors);
  }

  /** Returns nothing for cdrom:, mirror+file:, tor+http: and the like, which are for apt alone. */
  private static Optional<URI> mirror(String address) {
    try {
      return Optional.of(DebianMirrors.mirror(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    files.add(folder.resolve("sources.list"));
    try (Stream<Path> parts = Files.list(folder.resolve("sources.list.d"))) {
      parts
          .filter(part -> part.toString().endsWith(".list") || part.toString().endsWith(".sources"))
          .sorted()
          .forEach(files::add);
    } catch (IOException e) {
      return files;
    }
    return files;
  }

  private static List<String> oneLine(String text) {
    List<String> addresses = new ArrayList<>();
    for (String line : text.lines().toList()) {
      int comment = line.indexOf('#');
      String entry = comment < 0 ? line : line.substring(0, comment);
      String[] words = OPTIONS.matcher(entry).replaceFirst(" ").strip().split("\\s+", -1);
      if (words.length >= 3 && (words[0].equals("deb") || words[0].equals("deb-src"))) {
        addresses.add(words[1]);
      }
    }
    return addresses;
  }

  /** Returns the addresses of enabled stanzas; comments may be anywhere between their lines. */
  private static List<String> deb822(String text) {
    String plain = COMMENTS.matcher(text.replace("\r", "")).replaceAll("");
    return Stream.of(BLANK_LINES.split(plain, -1)).flatMap(AptConfiguration::addresses).toList();
  }

  private static Stream<String> addresses(String stanza) {
    Deb822 fields;
    try {
      fields =
          Deb822.parse(
              stanza, why -> Failure.of(FetchCode.MIRROR, "read", stanza, why).toException());
    } catch (FailureException e) {
      return Stream.empty();
    }
    boolean enabled = !NO.contains(fields.find("Enabled").orElse("").toLowerCase(Locale.ROOT));
    return enabled ? words(fields.find("URIs").orElse("")).stream() : Stream.empty();
  }

  private static List<String> words(String text) {
    return Stream.of(text.split("\\s+", -1)).filter(word -> !word.isEmpty()).toList();
  }
}
