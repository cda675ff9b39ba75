package io.github.prosodyoci.compile;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.recipe.RecipeCode;
import io.github.prosodyoci.recipe.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
final class PackageCompilerTest {

  private static final String HELLO =
      """
      mkdir -p "$DESTDIR"/usr/bin "$DESTDIR"/usr/share/hello
      printf '#!/bin/sh\\necho hello\\n' > "$DESTDIR"/usr/bin/hello
      chmod 700 "$DESTDIR"/usr/bin/hello
      echo doc > "$DESTDIR"/usr/share/hello/doc
      ln -s hello "$DESTDIR"/usr/bin/hi
      """;

  @TempDir private Path folder;
  private Project project;

  @BeforeEach
  void createProject() throws IOException {
    project = new Project(folder.resolve("project"));
  }

  @AfterEach
  void deleteProject() throws IOException {
    // JUnit warns of each link that a build folder holds.
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  @Test
  void compile_writesSignedPackagesAndIndex() throws Exception {
    project.recipe(
        "hello",
        HELLO,
        "subpackages:",
        "  - {name: hello-doc, description: Its manual, files: [usr/share/**]}");

    CompileResult outcome = project.compile();

    assertThat(outcome.packages()).isEqualTo(2);
    assertThat(outcome.builtRecipes()).isEqualTo(1);
    TrustedKeys keys = TrustedKeys.read(project.target.resolve("packages/keys"));
    Apk hello = Apk.read(project.apk("hello-1.0-r0.apk"), keys);
    hello.verify();
    assertThat(hello.info().license()).isEqualTo("MIT");
    assertThat(hello.info().origin()).isEqualTo("hello");
    assertThat(hello.info().architecture()).isEqualTo("x86_64");
    assertThat(hello.info().buildDate()).isEqualTo(Project.TIME.getEpochSecond());
    assertThat(hello.info().provides())
        .extracting(Dependency::toString)
        .containsExactly("cmd:hello=1.0-r0", "cmd:hi=1.0-r0");
    Map<String, TarEntry> entries = entries(hello);
    assertThat(entries.keySet()).containsExactly("usr", "usr/bin", "usr/bin/hello", "usr/bin/hi");
    assertThat(entries.get("usr/bin/hello").mode()).isEqualTo(0755);
    assertThat(entries.get("usr/bin/hello").uid()).isZero();
    assertThat(entries.get("usr/bin/hello").mtime()).isEqualTo(Project.TIME.getEpochSecond());
    assertThat(project.apk("APKINDEX.tar.gz")).exists();
    assertThat(project.target.resolve("packages.json"))
        .content()
        .contains("\"name\" : \"hello-doc\"", "\"platform\" : \"linux/amd64\"");
  }

  private static Map<String, TarEntry> entries(Apk apk) throws IOException {
    Map<String, TarEntry> entries = new TreeMap<>();
    apk.visit((entry, checksum, content) -> entries.put(entry.path(), entry));
    return entries;
  }

  @Test
  void compile_secondTime_takesAllFromCacheAndChangesNothing() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    Map<String, Object> before = snapshot(project.target);

    CompileResult outcome = project.compile();

    assertThat(outcome.builtRecipes()).isZero();
    assertThat(outcome.cachedRecipes()).isEqualTo(1);
    assertThat(snapshot(project.target)).isEqualTo(before);
  }

  private static Map<String, Object> snapshot(Path root) throws IOException {
    Map<String, Object> result = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("verification.json")) {
          result.put(
              root.relativize(file).toString(),
              List.of(Digest.of(file), Files.getLastModifiedTime(file)));
        }
      }
    }
    return result;
  }

  @Test
  void compile_inAnotherFolder_givesTheSamePackages() throws Exception {
    String script = HELLO + "date -d @$SOURCE_DATE_EPOCH > \"$DESTDIR\"/usr/share/hello/date\n";
    project.recipe("hello", script);
    Project other = new Project(folder.resolve("another place/than before"));
    other.recipe("hello", script);

    CompileResult one = project.compile();
    CompileResult two = other.compile();

    assertThat(content(two)).isEqualTo(content(one));
  }

  private static List<Digest> content(CompileResult outcome) {
    return outcome.reports().get(0).recipes().stream()
        .flatMap(recipe -> recipe.packages().stream())
        .map(each -> each.content())
        .toList();
  }

  @Test
  void compile_commentChanged_isCached() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    Path file = project.recipes.resolve("hello.yaml");
    Files.writeString(file, "# a comment\n" + Files.readString(file));

    assertThat(project.compile().builtRecipes()).isZero();
  }

  @Test
  void compile_securityChanged_isCachedAndReported() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    Path report = project.target.resolve("packages.json");
    assertThat(report).content().contains("\"security\" : [ ]");
    Map<String, Object> before = snapshot(project.target.resolve("packages"));
    project.recipe(
        "hello",
        HELLO,
        "security:",
        "  - {cve: CVE-2026-1234, status: fixed, by: '1.0', note: An overflow.}",
        "  - cve: CVE-2026-0012",
        "    status: not-affected",
        "    reason: component_not_present",
        "    note: It is not there.");

    assertThat(project.compile().builtRecipes()).isZero();

    assertThat(snapshot(project.target.resolve("packages"))).isEqualTo(before);
    assertThat(report)
        .content()
        .containsSubsequence(
            "\"security\" : [",
            "\"cve\" : \"CVE-2026-1234\"",
            "\"status\" : \"fixed\"",
            "\"by\" : [",
            "\"1.0\"",
            "\"note\" : \"An overflow.\"",
            "\"cve\" : \"CVE-2026-0012\"",
            "\"reason\" : \"component_not_present\"");
    byte[] first = Files.readAllBytes(report);
    project.compile();
    assertThat(report).hasBinaryContent(first);
  }

  @Test
  void compile_stepChanged_buildsThatRecipeAndWhatItReaches() throws Exception {
    chain("echo 1");
    project.compile();

    chain("echo 2");
    CompileResult changed = project.compile();
    chain("echo 2; true");
    CompileResult sameBytes = project.compile();

    assertThat(changed.builtRecipes()).isEqualTo(2);
    assertThat(changed.cachedRecipes()).isEqualTo(1);
    // The packages of the first came out as before: nothing after it is built again.
    assertThat(sameBytes.builtRecipes()).isEqualTo(1);
  }

  private void chain(String command) throws IOException {
    project
        .recipe("first", "mkdir -p \"$DESTDIR\"/usr; { " + command + "; } > \"$DESTDIR\"/usr/first")
        .recipe(
            "second",
            "mkdir -p \"$DESTDIR\"/usr; cp \"$SYSROOT\"/usr/first \"$DESTDIR\"/usr/second",
            "build-dependencies: [first]")
        .recipe("third", "mkdir -p \"$DESTDIR\"/usr; echo 3 > \"$DESTDIR\"/usr/third");
  }

  @Test
  void compile_sideFileChanged_buildsAgain() throws Exception {
    project.recipe("hello", "mkdir \"$DESTDIR\"/etc; cp \"$SOURCES\"/conf \"$DESTDIR\"/etc/conf");
    Path side = Files.createDirectories(project.recipes.resolve("hello"));
    Files.writeString(side.resolve("conf"), "1");
    project.compile();
    Files.writeString(side.resolve("conf"), "2");

    assertThat(project.compile().builtRecipes()).isEqualTo(1);
  }

  @Test
  void compile_archiveAndPatch_areLaidOut() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes)) {
      byte[] content = "one\ntwo\n".getBytes(StandardCharsets.UTF_8);
      tar.add(TarEntry.file("thing-1.0/text", 0644, content.length, 1), content);
    }
    Digest digest = project.store(bytes.toByteArray());
    project.recipe(
        "thing",
        "mkdir \"$DESTDIR\"/etc\ncp text \"$DESTDIR\"/etc/text\ngrep -q zwei text",
        "sources:",
        "  - file: thing.tar",
        "    sha256: " + digest.hex(),
        "    origins: ['https://example.org/thing.tar']",
        "    evidence: [{pinned-only: a test}]",
        "patches: [fix.patch]");
    Path side = Files.createDirectories(project.recipes.resolve("thing"));
    Files.writeString(
        side.resolve("fix.patch"), "--- a/text\n+++ b/text\n@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n");

    CompileResult result = project.compile();

    assertThat(result.packages()).isEqualTo(1);
    PackagesReport.Built built = result.reports().get(0).recipes().get(0);
    assertThat(built.sources())
        .containsExactly(
            new PackagesReport.Input("thing.tar", digest, "https://example.org/thing.tar"));
    assertThat(built.patches())
        .containsExactly(
            new PackagesReport.Patch("fix.patch", Digest.of(side.resolve("fix.patch"))));
  }

  @Test
  void compile_sourceNotTrusted_isRefused() throws Exception {
    project.recipe(
        "thing",
        "true",
        "sources:",
        "  - file: thing.tar",
        "    sha256: " + "0".repeat(64),
        "    origins: ['https://example.org/thing.tar']");
    project.verified();
    String text = Files.readString(project.verification());
    Files.writeString(
        project.verification(),
        text.replaceAll("(?s)(\"thing.tar\".*?)\"trusted\"", "$1\"refused\""));

    assertFails(CompileCode.SOURCE_NOT_TRUSTED, () -> project.compiler().compile(project.request()))
        .hasMessageContaining("thing.yaml:14): the source thing.tar (sha256:000")
        .hasMessageContaining("is not listed as trusted");
  }

  @Test
  void compile_noVerification_isRefused() throws Exception {
    project.recipe("hello", HELLO);

    assertFails(
            CompileCode.VERIFICATION_MISSING, () -> project.compiler().compile(project.request()))
        .hasMessageContaining("prosody-verify:sources");
  }

  @Test
  void compile_failingStep_tellsLinesLogAndShell() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    project.recipe("bad", "echo before\necho 'it is broken' >&2\nexit 3");

    assertFails(CompileCode.STEP_FAILED, project::compile)
        .hasMessageContaining("Could not run step 'install' of bad (")
        .hasMessageContaining("bad.yaml:9): it ended with exit code 3 (step-failed). ")
        .hasMessageContaining("    before\n    it is broken\n")
        .hasMessageContaining("The whole log: " + project.cache)
        .hasMessageContaining("A shell where it stopped: ");
    Path shell = project.cache.resolve("build/bad-x86_64/enter.sh");
    Process process =
        new ProcessBuilder(shell.toString(), "sh", "-c", "echo $ARCH; pwd")
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .matches("x86_64\n(/oci-work|" + project.cache.resolve("build/bad-x86_64") + ")/build\n");
    // What was there before is still whole, and the next build needs no cleaning.
    assertThat(project.apk("hello-1.0-r0.apk")).exists();
    project.recipe("bad", "mkdir \"$DESTDIR\"/etc; echo good > \"$DESTDIR\"/etc/good");
    assertThat(project.compile().builtRecipes()).isEqualTo(1);
    assertThat(project.cache.resolve("build/bad-x86_64")).doesNotExist();
  }

  @Test
  void compile_stepTakesTooLong_isStopped() throws Exception {
    project.limits = new StepLimits(Duration.ofSeconds(4), 1000, 1L << 30, 4L << 30);
    project.recipe("slow", "sleep 60");

    assertFails(CompileCode.STEP_LIMIT, project::compile)
        .hasMessageContaining("it ran for more than");
  }

  @Test
  void compile_steps_seeCleanEnvironment() throws Exception {
    project.recipe(
        "env",
        "umask > seen; printenv | sed 's/=.*//' | sort >> seen; cat >> seen; "
            + "mkdir \"$DESTDIR\"/etc; cp seen \"$DESTDIR\"/etc/seen");
    project.compile();
    Apk.read(project.apk("env-1.0-r0.apk")).extract(folder.resolve("x"));

    assertThat(Files.readAllLines(folder.resolve("x/etc/seen")))
        .contains("0022", "SOURCE_DATE_EPOCH", "LC_ALL", "TZ", "DESTDIR")
        .doesNotContain("USER", "JAVA_HOME", "LANG", "MAVEN_HOME");
  }

  @Test
  void compile_stepReachesForUnlistedTool_fails() throws Exception {
    project.recipe("tool", "find . -name x");

    assertFails(CompileCode.STEP_FAILED, project::compile)
        .hasMessageContaining("find: not found")
        .hasMessageContaining("exit code 127, which a shell gives for a program");
  }

  @ParameterizedTest
  @CsvSource({"true, PATH=", "true, unset PATH", "false, PATH=", "false, unset PATH"})
  void compile_stepWithoutASearchPath_findsNoProgramAndSaysSo(boolean isolated, String clear)
      throws Exception {
    if (isolated) {
      project.requireIsolation();
    } else {
      var unused = project.withoutIsolation();
    }
    project.recipe("lost", clear + "\nuname");

    assertFails(CompileCode.STEP_FAILED, project::compile)
        .hasMessageContaining("exit code 127, which a shell gives for a program")
        .hasMessageContaining("docs/recipes.md, \"What a step sees\"")
        .hasMessageContaining("uname: not found");
  }

  @Test
  void compile_durations_areRememberedForTheOrderOfTheNextBuild() throws Exception {
    project.recipe("hello", "sleep 1.1; " + HELLO);
    project.compile();

    assertThat(Files.readString(project.cache.resolve("build-times.json")))
        .containsPattern("\"hello \\(x86_64\\)\" : [1-9][0-9]{3}");
  }

  @Test
  void compile_report_namesThePackagesOfTheBuildRoot() throws Exception {
    project.recipe("hello", HELLO);

    PackagesReport.Root root =
        Objects.requireNonNull(project.compile().reports().get(0).buildRoot());

    assertThat(root.packages())
        .extracting(PackagesReport.RootPackage::sha256)
        .containsExactlyElementsOf(TestRoot.packages().stream().map(Source::sha256).toList());
    assertThat(root.packages())
        .filteredOn(each -> each.name().equals("dash"))
        .singleElement()
        .satisfies(
            dash -> {
              assertThat(dash.file()).isEqualTo("dash_" + dash.architecture() + ".deb");
              assertThat(dash.version()).matches("[0-9.]+-[0-9].*");
              assertThat(dash.architecture())
                  .isEqualTo(BuildHost.current().platform().debianArchitecture());
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void compile_programsOfAStep_areThoseOfTheBuildRoot(boolean isolated) throws Exception {
    if (!isolated) {
      var unused = project.withoutIsolation();
    }
    project.recipe(
        "tools",
        """
        mkdir "$DESTDIR"/etc
        for f in "$PATH"/*; do
          t=$(readlink -f "$f")
          case $t in
            "$PATH"/*) read -r l < "$t"; echo "${l%% *}" | sed 's,.*/usr/bin/,,' ;;
            *) echo "$t" | sed 's,.*/usr/bin/,,' ;;
          esac
        done | sort -u > "$DESTDIR"/etc/programs
        { perl -e 'use POSIX; print "perl\\n"'; printf 'all:\\n\\t@echo make\\n' | make -f -
          install -m600 /dev/null x; stat -c %a x; } > "$DESTDIR"/etc/output
        """);
    project.compile();

    assertThat(project.installed("tools", "etc/programs").lines().toList())
        .contains("busybox")
        .allMatch(line -> !line.contains("/") || line.startsWith("#!"));
    assertThat(project.installed("tools", "etc/output"))
        .startsWith("perl\nmake\n")
        .endsWith("600\n");
  }

  @Test
  void compile_noBuildRoot_isNamed() throws Exception {
    project.recipe("hello", HELLO);
    Files.delete(project.recipes.resolve("build-root.yaml"));

    assertFails(RecipeCode.NO_BUILD_ROOT, project::compile)
        .hasMessageContaining("declares a build root");
  }

  @Test
  void compile_emptySubpackage_namesTheLine() throws Exception {
    project.recipe(
        "hello",
        HELLO,
        "subpackages:",
        "  - name: hello-dev",
        "    description: Headers",
        "    files: [usr/include/**]");

    assertFails(CompileCode.PACKAGING, project::compile)
        .hasMessageContaining("hello.yaml:")
        .hasMessageContaining("the package hello-dev is empty");
  }

  @Test
  void compile_buildPathInFile_isRefused() throws Exception {
    project.recipe("leak", "mkdir \"$DESTDIR\"/etc; pwd > \"$DESTDIR\"/etc/place");

    assertFails(CompileCode.PATH_LEAK, project::compile)
        .hasMessageContaining("/etc/place contains the path of the build folder");
  }

  @Test
  void compile_ownership_isRecorded() throws Exception {
    project.recipe(
        "data",
        "mkdir -p \"$DESTDIR\"/var/lib/data",
        "ownership:",
        "  - {path: var/lib/data, owner: \"100:101\", mode: \"0750\"}");
    project.compile();

    TarEntry entry = entries(Apk.read(project.apk("data-1.0-r0.apk"))).get("var/lib/data");
    assertThat(List.of(entry.uid(), entry.gid(), entry.mode())).containsExactly(100, 101, 0750);
  }

  @Test
  void compile_ownershipOfNothing_namesTheLine() throws Exception {
    project.recipe(
        "data", "mkdir \"$DESTDIR\"/etc", "ownership:", "  - {path: var/x, owner: \"1:1\"}");

    assertThatThrownBy(project::compile)
        .hasMessageContaining("data.yaml:14): no step installs var/x");
  }

  @Test
  void compile_recipeGone_removesItsPackages() throws Exception {
    project.recipe("hello", HELLO).recipe("other", HELLO.replace("hello", "other"));
    project.compile();
    Files.delete(project.recipes.resolve("other.yaml"));

    project.compile();

    assertThat(project.apk("other-1.0-r0.apk")).doesNotExist();
    assertThat(project.apk("hello-1.0-r0.apk")).exists();
  }

  @Test
  void compile_damagedPackageInTarget_isReplaced() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    Digest before = Digest.of(project.apk("hello-1.0-r0.apk"));
    Files.writeString(project.apk("hello-1.0-r0.apk"), "rubbish");

    project.compile();

    assertThat(Digest.of(project.apk("hello-1.0-r0.apk"))).isEqualTo(before);
  }

  @Test
  void compile_damagedPackageInCache_isBuiltAgain() throws Exception {
    project.recipe("hello", HELLO);
    CompileResult first = project.compile();
    Path cached =
        project
            .cache
            .resolve("packages")
            .resolve(first.reports().get(0).recipes().get(0).key().hex())
            .resolve("hello-1.0-r0.apk");
    Files.writeString(cached, "rubbish");

    CompileResult second = project.compile();

    assertThat(second.builtRecipes()).isEqualTo(1);
    assertThat(content(second)).isEqualTo(content(first));
    assertThat(project.lines)
        .filteredOn(line -> line.contains("are not used"))
        .singleElement()
        .asString()
        .contains("The cached packages of hello are not used: hello-1.0-r0.apk: expected sha256:");
  }

  @Test
  void compile_rebuild_takesNothingFromTheCache() throws Exception {
    project.recipe("hello", HELLO);
    CompileResult first = project.compile();

    project.rebuild = true;
    CompileResult second = project.compile();

    assertThat(second.builtRecipes()).isEqualTo(1);
    assertThat(content(second)).isEqualTo(content(first));
  }

  @Test
  void compile_damagedReport_saysWhyItIsNotUsed() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    Files.writeString(project.target.resolve("packages.json"), "{");

    project.compile();

    assertThat(project.lines)
        .filteredOn(line -> line.contains("of an earlier build is not used"))
        .singleElement()
        .asString()
        .contains("packages.json");
    assertThat(project.target.resolve("packages.json")).content().contains("hello-1.0-r0.apk");
  }

  @Test
  void compile_reportOfAnOlderBuildWithoutStatements_isUsed() throws Exception {
    project.recipe("hello", HELLO);
    project.compile();
    Path report = project.target.resolve("packages.json");
    String text = Files.readString(report);
    String older = text.replaceAll(",\\s*\"security\"\\s*:\\s*\\[\\s*]", "");
    assertThat(older).isNotEqualTo(text);
    Files.writeString(report, older);

    project.compile();

    assertThat(project.lines).noneMatch(line -> line.contains("of an earlier build is not used"));
  }

  @Test
  void compile_failingStepWritesUtf8_isQuotedAsWritten() throws Exception {
    project.recipe("bad", "echo 'Größe: \u00fc'; printf 'not UTF-8: \\377\\n'; exit 1");

    assertFails(CompileCode.STEP_FAILED, project::compile)
        .hasMessageContaining("    Größe: \u00fc\n    not UTF-8: \ufffd\n");
  }

  @Test
  void compile_targetCannotBeWritten_isNotBlamedOnTheCache() throws Exception {
    project.recipe("hello", HELLO);
    Files.writeString(project.target.resolve("packages"), "a file");

    assertFails(CommonCode.FILE_ACCESS, project::compile)
        .hasMessageStartingWith("Could not write the repository: ")
        .hasMessageContaining(project.target.toString())
        .hasMessageNotContaining(project.cache.toString());
  }

  @Test
  void compile_unwritableCache_isNamed() throws Exception {
    project.recipe("hello", HELLO);
    project.verified();
    Files.createDirectories(project.cache);
    Files.setPosixFilePermissions(project.cache, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(project.cache), "root may write everywhere");

    assertFails(CommonCode.NOT_WRITABLE, project::compile)
        .hasMessageContaining(project.cache.toString())
        .hasMessageContaining("not writable")
        .hasMessageContaining("-Dprosodyoci.cache=");
  }

  @Test
  void compile_killedBuildLeftRubbish_isNoHindrance() throws Exception {
    project.recipe("hello", HELLO);
    Path rest = Files.createDirectories(project.cache.resolve("build/hello-x86_64/dest/usr/bin"));
    Files.writeString(rest.resolve("rubbish"), "half");
    Files.setPosixFilePermissions(rest, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.createDirectories(project.cache.resolve("packages/.discarded123/entry"));

    project.compile();

    assertThat(entries(Apk.read(project.apk("hello-1.0-r0.apk"))))
        .doesNotContainKey("usr/bin/rubbish");
  }

  @Test
  void compile_cacheIsFile_isNamed() throws Exception {
    project.recipe("hello", HELLO);
    Files.writeString(project.cache, "a file");

    assertFails(CommonCode.FILE_ACCESS, project::compile)
        .hasMessageContaining(project.cache.toString());
  }

  @Test
  void compile_otherPlatform_isOneValue() throws Exception {
    project.platform = Platform.LINUX_ARM64;
    project.recipe("arch", "mkdir \"$DESTDIR\"/etc; echo $ARCH $TRIPLE > \"$DESTDIR\"/etc/arch");
    project.compile();

    Apk apk = Apk.read(project.apk("arch-1.0-r0.apk"));
    apk.extract(folder.resolve("x"));
    assertThat(apk.info().architecture()).isEqualTo("aarch64");
    assertThat(folder.resolve("x/etc/arch")).hasContent("aarch64 aarch64-linux-musl");
  }

  @Test
  void compile_severalPlatforms_makesThePackagesOfEachAloneAndHostProgramsOnce() throws Exception {
    for (Project each : List.of(project, new Project(folder.resolve("alone")))) {
      each.recipe("tool", "mkdir \"$DESTDIR\"/etc; echo $ARCH > \"$DESTDIR\"/etc/tool");
      each.recipe(
          "arch",
          "mkdir \"$DESTDIR\"/etc; echo $ARCH $TRIPLE > \"$DESTDIR\"/etc/arch",
          "build-host-dependencies: [tool]");
    }

    CompileResult together = project.compile(Platform.LINUX_ARM64, Platform.LINUX_S390X);

    assertThat(together.builtRecipes())
        .as("two for each platform, one for the machine")
        .isEqualTo(5);
    assertThat(together.packages()).isEqualTo(4);
    for (PackagesReport report : together.reports()) {
      Path file = project.target.resolve(report.platform().fileName()).resolve("packages.json");
      assertThat(Json.read(file, PackagesReport.class)).isEqualTo(report);
      assertThat(file.resolveSibling(report.repository()).normalize())
          .isEqualTo(
              project.target.resolve("packages").resolve(report.platform().apkArchitecture()));
      Path key = file.resolveSibling(report.publicKey()).normalize();
      for (PackagesReport.Built built : report.recipes()) {
        Apk apk =
            Apk.read(
                file.resolveSibling(report.repository()).resolve(built.packages().get(0).file()),
                TrustedKeys.read(key.resolveSibling("")));
        apk.verify();
        assertThat(apk.info().architecture()).isEqualTo(report.platform().apkArchitecture());
      }

      Project alone = new Project(folder.resolve("alone"));
      alone.platform = report.platform();
      assertThat(contents(alone.compile().reports().get(0))).isEqualTo(contents(report));
    }
  }

  private static List<Digest> contents(PackagesReport report) {
    return report.recipes().stream()
        .flatMap(built -> built.packages().stream())
        .map(PackagesReport.Output::content)
        .toList();
  }

  @Test
  void compile_twoBuildsAtOnce_shareTheCache() throws Exception {
    project.recipe("hello", HELLO + "sleep 0.3\n");
    project.verified();
    Project twin = new Project(folder.resolve("twin"));
    CompileRequest request = project.request();
    CompileRequest same =
        new CompileRequest(
            request.recipes(),
            List.of(
                new CompileRequest.Target(
                    Platform.LINUX_AMD64,
                    twin.target.resolve("packages.json"),
                    SysrootRepositories.NONE)),
            request.verification(),
            twin.target,
            request.signingKey(),
            request.settings());
    CompileResult[] outcomes = new CompileResult[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                outcomes[0] = twin.compiler().compile(same);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    CompileResult mine = project.compiler().compile(project.request());
    thread.join();

    assertThat(mine.builtRecipes() + outcomes[0].builtRecipes()).isEqualTo(1);
    assertThat(content(outcomes[0])).isEqualTo(content(mine));
  }
}
