package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.packages.resolve.Solution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we install, against what apk 2.14 itself installs of the same genuine packages. */
@Tag("slow")
class InstallOracleTest {

  /** Conflict with the others: vlan with ifupdown-ng, and network-extras asks for vlan. */
  private static final Set<String> APART = Set.of("vlan", "network-extras");

  private static final long TIME = 1_750_000_000;

  @TempDir Path folder;
  private Alpine.Tool apk;
  private Path theirs;
  private Path ours;

  @BeforeEach
  void unpackApk() throws IOException {
    Alpine.assumeRoot();
    apk = Alpine.Tool.unpack(folder.resolve("tool"));
    theirs = folder.resolve("theirs");
    ours = Files.createDirectories(folder.resolve("ours"));
  }

  private void installByApk(List<String> world) throws IOException {
    run(
        "add",
        "--root",
        theirs,
        "--initdb",
        "--no-scripts",
        "--arch",
        "x86_64",
        "--keys-dir",
        Alpine.repository().resolve("keys"),
        "-X",
        Alpine.repository(),
        world);
  }

  private InstallRequest request(List<String> world, Map<Digest, String> waived)
      throws IOException {
    List<Dependency> entries = world.stream().map(Dependency::parse).toList();
    return new InstallRequest(
        Platform.LINUX_AMD64,
        List.of(
            PackageRepository.open(
                "alpine", "", Alpine.repository(), Platform.LINUX_AMD64, Alpine.keys())),
        List.of(
            new LayerSpec("lower", entries.subList(0, 1), List.of()),
            new LayerSpec("upper", entries.subList(1, entries.size()), List.of())),
        waived,
        Instant.ofEpochSecond(TIME),
        Layout.AS_PACKAGED,
        folder.resolve("out"),
        "1",
        true);
  }

  /** Installs in two layers, and unpacks them one over the other. */
  private RootfsReport install(List<String> world) throws IOException {
    InstallRequest request = request(world, Map.of());
    RootfsReport report = new Installer(line -> {}).install(request).report();
    report.layers().forEach(layer -> untar(folder.resolve("out").resolve(layer.file())));
    return report;
  }

  private void untar(Path layer) {
    try {
      Process tar =
          new ProcessBuilder("tar", "-xpzf", layer.toString(), "-C", ours.toString())
              .inheritIO()
              .start();
      assertThat(tar.waitFor()).isZero();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String run(Object... arguments) throws IOException {
    List<Object> flat = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof List<?> several) {
        flat.addAll(several);
      } else {
        flat.add(argument);
      }
    }
    return apk.run(flat.toArray()).success();
  }

  /** Waives every script, as {@code --no-scripts} passes over every one. */
  private static Map<Digest, String> allScripts() throws IOException {
    Map<Digest, String> waived = new TreeMap<>();
    for (Path file : Alpine.packages()) {
      Apk.read(file)
          .scripts()
          .values()
          .forEach(
              script ->
                  waived.put(Digest.of(script.getBytes(StandardCharsets.UTF_8)), "as apk does"));
    }
    return waived;
  }

  private static List<String> records(Path root, String file, String separator) throws IOException {
    String text = Files.readString(root.resolve("lib/apk/db").resolve(file));
    assertThat(text).as(file).endsWith(separator);
    return List.of(text.split(separator));
  }

  /** Returns entries and contents without times, which are those of the installation. */
  private static List<String> scripts(Path root) throws IOException {
    byte[] tar = Files.readAllBytes(root.resolve("lib/apk/db/scripts.tar"));
    TarReader reader =
        new TarReader(new ByteArrayInputStream(tar), "scripts.tar", TarReader.Dialect.ARCHIVE);
    List<String> scripts = new ArrayList<>();
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      scripts.add(
          entry.path()
              + " "
              + Integer.toOctalString(entry.mode())
              + " "
              + entry.uid()
              + "\n"
              + new String(reader.content().readAllBytes(), StandardCharsets.UTF_8));
    }
    return scripts;
  }

  @Test
  void allPackages_databaseEqualsThatOfApk() throws IOException {
    List<String> world = new ArrayList<>();
    for (Path file : Alpine.packages()) {
      String name = Apk.read(file).info().name();
      if (!APART.contains(name)) {
        world.add(name);
      }
    }
    installByApk(world);
    // Without writing layers, whose compression would take long.
    InstallRequest request = request(world, allScripts());
    List<Dependency> entries = world.stream().map(Dependency::parse).toList();
    Solution solution =
        new Resolver(List.of(request.repositories().get(0).packages())).resolve(entries);
    Installation installation = new Installation(request, Optional.empty());
    for (Selected selected : solution.packages()) {
      installation.add(
          new InstalledPackage(
              selected,
              request.repositories().get(0).open(selected.entry()),
              0,
              Layout.AS_PACKAGED,
              ""));
    }
    for (PackageFile file :
        new ApkDatabase(installation.packages()).files(entries, "x86_64", TIME)) {
      Path target = ours.resolve(file.entry().path());
      Files.createDirectories(target.getParent());
      try (InputStream content = file.content().open()) {
        Files.copy(content, target);
      }
    }
    for (String file : List.of("etc/apk/arch", "etc/apk/world")) {
      assertThat(Files.readString(ours.resolve(file)))
          .as(file)
          .isEqualTo(Files.readString(theirs.resolve(file)));
    }
    // The order of installation is our own.
    assertThat(records(ours, "installed", "\n\n"))
        .containsExactlyInAnyOrderElementsOf(records(theirs, "installed", "\n\n"))
        .hasSize(solution.packages().size());
    assertThat(records(ours, "triggers", "\n"))
        .containsExactlyInAnyOrderElementsOf(records(theirs, "triggers", "\n"))
        .isNotEmpty();
    assertThat(scripts(ours)).containsExactlyInAnyOrderElementsOf(scripts(theirs)).hasSize(18);
  }

  @Test
  void installedRoot_worksWithApk() throws IOException {
    RootfsReport report = install(List.of("alpine-baselayout", "busybox", "apk-tools", "dhcpcd"));
    List<String> names =
        report.packages().stream().map(RootfsReport.Installed::name).sorted().toList();
    assertThat(names).contains("dhcpcd", "musl", "busybox-binsh");
    assertThat(inRoot("info").lines()).containsExactlyElementsOf(names);
    assertThat(inRoot("info", "--who-owns", "/bin/busybox").lines())
        .containsExactly("/bin/busybox is owned by busybox-1.36.1-r15");
    // What scripts made belongs to no package, and accounts were added to.
    assertThat(inRoot("audit", "--system").lines()).isEmpty();
    assertThat(inRoot("fix", "--simulate").lines()).last().asString().startsWith("OK: ");
    run(
        "add",
        "--root",
        ours,
        "--keys-dir",
        Alpine.repository().resolve("keys"),
        "--no-scripts",
        "-X",
        Alpine.repository(),
        "tzdata");
    assertThat(inRoot("info", "tzdata")).contains("tzdata-2023d-r0");
    assertThat(ours.resolve("usr/share/zoneinfo/UTC")).exists();
    assertThat(Files.readString(ours.resolve("etc/apk/world")))
        .isEqualTo("alpine-baselayout\napk-tools\nbusybox\ndhcpcd\ntzdata\n");
  }

  private String inRoot(String command, String... arguments) throws IOException {
    List<Object> all = new ArrayList<>(List.of(command, "--root", ours));
    all.addAll(List.of(arguments));
    return apk.run(all.toArray()).success();
  }
}
