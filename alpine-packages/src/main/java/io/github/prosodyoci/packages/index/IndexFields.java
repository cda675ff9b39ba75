package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;

/** The fields that an index and the database of installed packages share. */
public final class IndexFields {

  private IndexFields() {}

  /** Appends the fields of one package in apk's order, a line each; returns {@code text}. */
  public static StringBuilder write(StringBuilder text, IndexEntry entry) {
    PackageInfo info = entry.info();
    line(text, 'C', entry.identity());
    line(text, 'P', info.name());
    line(text, 'V', info.version());
    line(text, 'A', info.architecture());
    line(text, 'S', Long.toString(entry.size()));
    line(text, 'I', Long.toString(info.installedSize()));
    text.append("T:").append(info.description()).append('\n');
    text.append("U:").append(info.url()).append('\n');
    text.append("L:").append(info.license()).append('\n');
    line(text, 'o', info.origin());
    line(text, 'm', info.maintainer());
    line(text, 't', info.buildDate() == 0 ? "" : Long.toString(info.buildDate()));
    line(text, 'c', info.commit());
    line(text, 'k', info.providerPriority() == 0 ? "" : "" + info.providerPriority());
    line(text, 'D', Dependency.join(info.depends()));
    line(text, 'p', Dependency.join(info.provides()));
    line(text, 'i', Dependency.join(info.installIf()));
    return text;
  }

  private static void line(StringBuilder text, char field, String value) {
    if (!value.isEmpty()) {
      text.append(field).append(':').append(value).append('\n');
    }
  }
}
