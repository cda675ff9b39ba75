package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.build.BuildSettings;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.IsolationProbe;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.verify.VerifyResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A folder with recipes, a cache and a target folder, as a user of the goal has them. */
final class Project implements CompileListener {

  /** One key for all tests: making one takes long. */
  private static final String KEY = Signer.generate("test.rsa.pub", 2048).privateKeyPem();

  static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");

  final Path root;
  final Path recipes;
  final Path cache;
  final Path target;
  final List<String> lines = new CopyOnWriteArrayList<>();
  IsolationProbe probe = Isolation::probe;

  /** Runs in the build's own thread, between what it logs. */
  LineWatcher onLine = line -> {};

  boolean rebuild;
  BuildHost host = BuildHost.LINUX_X86_64;
  StepLimits limits = new StepLimits(Duration.ofMinutes(1), 1000, 1L << 30, 4L << 30);
  IsolationMode isolation = IsolationMode.AUTO;
  Platform platform = Platform.LINUX_AMD64;
  SysrootRepositories repositories = SysrootRepositories.NONE;

  /** Sees what is logged for information. */
  interface LineWatcher {
    void see(String line) throws IOException;
  }

  Project(Path root) throws IOException {
    this.root = root;
    this.recipes = Files.createDirectories(root.resolve("recipes"));
    this.cache = root.resolve("cache");
    this.target = Files.createDirectories(root.resolve("target"));
    Files.writeString(root.resolve("test.rsa"), KEY);
    TestRoot.declare(recipes);
  }

  /** Writes a recipe whose only step is the script. */
  Project recipe(String name, String script, String... more) throws IOException {
    String text =
        """
        package:
          name: %s
          version: 1.0
          release: 0
          description: A test
          url: https://example.org/
          license: MIT
        pipeline:
          - name: install
            run: |
        %s
        %s
        """
            .formatted(name, script.indent(6), String.join("\n", more));
    Files.writeString(recipes.resolve(name + ".yaml"), text);
    return this;
  }

  /** Puts a file into the store; returns its digest. */
  Digest store(byte[] content) throws IOException, InterruptedException {
    if (Files.notExists(cache)) {
      TestRoot.seed(cache);
    }
    Digest digest = Digest.of(content);
    var unused = new ContentStore(cache).add(digest, "test", new ByteArrayInputStream(content));
    return digest;
  }

  /** Says that all declared sources may be trusted. */
  Project verified() throws IOException, InterruptedException {
    if (Files.notExists(cache.resolve("store")) && !Files.isRegularFile(cache)) {
      TestRoot.seed(cache);
    }
    List<VerifyResult.Entry> entries = new ArrayList<>();
    for (DeclaredSource source : RecipeDocument.sources(List.of(recipes))) {
      entries.add(
          new VerifyResult.Entry(
              source.recipe(),
              source.source().file(),
              source.source().sha256(),
              1,
              "test",
              "trusted",
              null,
              List.of()));
    }
    new VerifyResult(2, Digest.of(new byte[0]), entries).write(verification());
    return this;
  }

  Path verification() {
    return target.resolve("verification.json");
  }

  CompileRequest request() {
    return new CompileRequest(
        List.of(recipes),
        List.of(new CompileRequest.Target(platform, target.resolve("packages.json"), repositories)),
        verification(),
        target,
        Optional.of(root.resolve("test.rsa")),
        new BuildSettings(
            host,
            cache,
            root.resolve("key/package-cache.key"),
            rebuild,
            2,
            limits,
            isolation,
            TIME));
  }

  /** Compiles for several platforms, with the report of each in a folder of its own. */
  CompileResult compile(Platform... platforms) throws IOException, InterruptedException {
    verified();
    CompileRequest one = request();
    return compiler()
        .compile(
            new CompileRequest(
                one.recipes(),
                Arrays.stream(platforms)
                    .map(
                        each ->
                            new CompileRequest.Target(
                                each,
                                target.resolve(each.fileName()).resolve("packages.json"),
                                repositories))
                    .toList(),
                one.verification(),
                one.output(),
                one.signingKey(),
                one.settings()));
  }

  CompileResult compile() throws IOException, InterruptedException {
    verified();
    return compiler().compile(request());
  }

  PackageCompiler compiler() {
    return new PackageCompiler(this, probe);
  }

  /** Aborts a test if this machine cannot isolate build steps. */
  void requireIsolation() throws IOException, InterruptedException {
    try (ProcessRunner runner = new ProcessRunner(limits)) {
      Machine.requireIsolation(
          Isolation.probe(TestRoot.shared().root(), root.resolve("probe"), runner));
    }
  }

  /** Builds as on a machine whose kernel denies namespaces. */
  Project withoutIsolation() {
    probe = (root, place, runner) -> Isolation.none(root, runner.limits(), "denied by a test");
    return this;
  }

  /** Returns the content of a file in a recipe's package. */
  String installed(String recipe, String path) throws IOException {
    Path out = Files.createTempDirectory(root, "installed");
    Apk.read(apk(recipe + "-1.0-r0.apk")).extract(out);
    return Files.readString(out.resolve(path), StandardCharsets.ISO_8859_1);
  }

  Path apk(String file) {
    return target.resolve("packages").resolve(platform.apkArchitecture()).resolve(file);
  }

  @Override
  public void info(String line) {
    lines.add(line);
    try {
      onLine.see(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void warn(String line) {
    lines.add(line);
  }

  @Override
  public void debug(String line) {
    lines.add(line);
  }
}
