package io.github.prosodyoci.fetch.debian;

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
  private static final Set<String> NO = Set.of("no", "false", "without", "off", "disable");

  private AptConfiguration() {}

  /** Returns the mirrors, in apt's own order of files. What cannot be read is passed over. */
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

  private static List<String> deb822(String text) {
    List<String> addresses = new ArrayList<>();
    List<String> stanza = new ArrayList<>();
    boolean enabled = true;
    String field = "";
    for (String line : (text + "\n\n").lines().toList()) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        if (enabled) {
          addresses.addAll(stanza);
        }
        stanza.clear();
        enabled = true;
        field = "";
        continue;
      }
      String value = line;
      if (!Character.isWhitespace(line.charAt(0))) {
        int colon = Math.max(0, line.indexOf(':'));
        field = line.substring(0, colon).toLowerCase(Locale.ROOT);
        value = line.substring(Math.min(line.length(), colon + 1));
      }
      if (field.equals("uris")) {
        Stream.of(value.strip().split("\\s+", -1)).filter(u -> !u.isEmpty()).forEach(stanza::add);
      } else if (field.equals("enabled")) {
        enabled = !NO.contains(value.strip().toLowerCase(Locale.ROOT));
      }
    }
    return addresses;
  }
}
