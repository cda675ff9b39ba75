package io.github.prosodyoci.packages.apk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.archive.TarEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written, read and written again has the same bytes. */
class PackageRoundTripTest {

  private static final List<String> DEPENDENCIES =
      List.of(
          "so:libc.musl-x86_64.so.1",
          "cmd:sh",
          "!other",
          "a>=1",
          "b<2.0_rc1-r3",
          "c~1.2",
          "d=1",
          "e>~3",
          "f<~4",
          "pc:x=1.0",
          "g><Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=");

  @Provide
  Arbitrary<PackageInfo> infos() {
    Arbitrary<String> text =
        Arbitraries.strings().withChars("abc ÄßЖ中=#:\"'\\$\t").ofMaxLength(60).map(String::strip);
    Arbitrary<String[]> dependencies =
        Arbitraries.of(DEPENDENCIES).array(String[].class).ofMaxSize(4);
    Arbitrary<String> names =
        Arbitraries.strings().withChars("ab1_.+-").ofMinLength(1).ofMaxLength(20).map("x"::concat);
    Arbitrary<String> versions = Arbitraries.of("1", "1.2.3-r0", "20230101_git5_p1-r12", "0.0a");
    Arbitrary<Integer> priorities = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<PackageInfoBuilder> builders =
        Combinators.combine(names, versions, text, text, text, text)
            .as(
                (name, version, description, url, maintainer, origin) ->
                    PackageInfo.builder(name, version, "x86_64")
                        .description(description)
                        .url(url)
                        .maintainer(maintainer)
                        .origin(origin));
    return Combinators.combine(
            builders,
            dependencies,
            dependencies,
            dependencies,
            dependencies,
            priorities,
            priorities,
            Arbitraries.longs().between(0, (1L << 33) - 1))
        .as(
            (builder, depends, provides, replaces, installIf, provider, replacing, time) ->
                builder
                    .depends(depends)
                    .provides(provides)
                    .replaces(replaces)
                    .installIf(installIf)
                    .providerPriority(provider)
                    .replacesPriority(replacing)
                    .triggers(depends.length == 0 ? new String[0] : new String[] {"/usr/*", "/x"})
                    .buildDate(time)
                    .build());
  }

  @Provide
  Arbitrary<List<PackageFile>> files() {
    Arbitrary<String> parts =
        Arbitraries.strings()
            .withChars("abcÄ中 .-_")
            .ofMinLength(1)
            .ofMaxLength(40)
            .filter(part -> !part.startsWith("."));
    Arbitrary<String> paths =
        parts.list().ofMinSize(1).ofMaxSize(6).map(list -> String.join("/", list));
    Arbitrary<Integer> modes = Arbitraries.integers().between(0, 07777);
    Arbitrary<Integer> ids = Arbitraries.of(0, 1, 100, 65534, 2097151);
    Arbitrary<PackageFile> file =
        Combinators.combine(
                paths,
                modes,
                ids,
                ids,
                Arbitraries.integers().between(0, 5),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(2000),
                Arbitraries.longs().between(0, (1L << 33) - 1))
            .as(PackageRoundTripTest::file);
    return file.list().ofMaxSize(12).map(PackageRoundTripTest::consistent);
  }

  private static PackageFile file(
      String path, int mode, int uid, int gid, int kind, byte[] content, long time) {
    Map<String, String> attributes =
        content.length % 3 == 1 ? Map.of("SCHILY.xattr.user.x", "ÄB\0c\n") : Map.of();
    TarEntry.Type type =
        switch (kind) {
          case 0 -> TarEntry.Type.DIRECTORY;
          case 1 -> TarEntry.Type.SYMLINK;
          case 2 -> TarEntry.Type.FIFO;
          default -> TarEntry.Type.FILE;
        };
    boolean regular = type == TarEntry.Type.FILE;
    TarEntry entry =
        new TarEntry(
            path,
            type,
            mode,
            uid,
            gid,
            regular ? content.length : 0,
            time,
            type == TarEntry.Type.SYMLINK ? "../" + path : "",
            uid == 0 ? "root" : "Ä-user",
            "",
            attributes);
    return regular ? PackageFile.of(entry, content) : PackageFile.of(entry);
  }

  /** Leaves out files whose path stands twice or goes through a file; adds a hard link. */
  private static List<PackageFile> consistent(List<PackageFile> files) {
    List<PackageFile> kept = new ArrayList<>();
    Set<String> paths = new LinkedHashSet<>();
    for (PackageFile file : files) {
      String path = file.entry().path();
      boolean clashes =
          paths.stream()
              .anyMatch(
                  other ->
                      other.equals(path)
                          || other.startsWith(path + "/")
                          || path.startsWith(other + "/"));
      if (!clashes) {
        paths.add(path);
        kept.add(file);
      }
    }
    kept.stream()
        .filter(file -> file.entry().type() == TarEntry.Type.FILE)
        .findFirst()
        .map(PackageFile::entry)
        .ifPresent(
            entry ->
                kept.add(
                    PackageFile.of(
                        new TarEntry(
                            "hard link",
                            TarEntry.Type.HARDLINK,
                            entry.mode(),
                            0,
                            0,
                            0,
                            entry.mtime(),
                            entry.path(),
                            "",
                            "",
                            Map.of()))));
    return kept;
  }

  @Property(tries = 50)
  void write_read_write_givesTheSameBytes(
      @ForAll("infos") PackageInfo info, @ForAll("files") List<PackageFile> files)
      throws IOException {
    Path folder = Files.createTempDirectory("round-trip");
    Path first = folder.resolve("first.apk");
    Path second = folder.resolve("second.apk");
    try {
      Map<ScriptType, String> scripts = Map.of(ScriptType.TRIGGER, "#!/bin/sh\necho Ä\n");
      PackageInfo written = new PackageWriter().write(first, info, scripts, files);
      Apk apk = Apk.read(first);
      apk.verify();
      assertThat(apk.info()).isEqualTo(written);
      List<PackageFile> read = new ArrayList<>();
      apk.visit(
          (entry, checksum, content) -> read.add(PackageFile.of(entry, content.readAllBytes())));
      new PackageWriter().write(second, apk.info(), apk.scripts(), read);
      assertThat(second).hasSameBinaryContentAs(first);
    } finally {
      Files.deleteIfExists(first);
      Files.deleteIfExists(second);
      Files.delete(folder);
    }
  }

  @Property(tries = 500)
  void dependency_parsedAndWritten_isTheSame(@ForAll("dependencyTexts") String text) {
    assertThat(Dependency.parse(text)).hasToString(text);
  }

  @Provide
  Arbitrary<String> dependencyTexts() {
    return Combinators.combine(
            Arbitraries.of("", "!"),
            Arbitraries.of(
                "a", "so:libx.so.1", "cmd:[", "cmd:kdevelop!", "py3.11:x", "a+b", "/bin/sh"),
            Arbitraries.of("", "@edge"),
            Arbitraries.of("", "=1", "<1.2_rc1", "<=1-r0", ">1a", ">=2", "~1.2", "<~1", ">~1"))
        .as((conflict, name, tag, version) -> conflict + name + tag + version);
  }
}
