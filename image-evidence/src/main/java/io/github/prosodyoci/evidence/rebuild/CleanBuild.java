package io.github.prosodyoci.evidence.rebuild;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.Provenance.External;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One build of a commit, with a cache of its own. */
public final class CleanBuild {

  /** What a document may put on a command line. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/+-]*");

  private static final Pattern PROPERTY = Pattern.compile("prosodyoci\\.[A-Za-z.]+");
  private static final String LOG = "build.log";

  private final External what;
  private final Machine machine;
  private final Consumer<String> log;
  private final Path output;
  private final Path project;
  private final Path cache;
  private final Program program;

  /**
   * What builds.
   *
   * @param maven the program {@code mvn}
   * @param java the home of the JDK
   * @param arguments further arguments of Maven
   */
  public record Machine(Path maven, Path java, List<String> arguments) {

    /** Copies the list. */
    public Machine {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * Prepares a build.
   *
   * @param folder where to build
   * @param what what is built
   * @param machine what builds
   * @param log receives a line for each step
   */
  public CleanBuild(Path folder, External what, Machine machine, Consumer<String> log) {
    Path place = folder.toAbsolutePath().normalize();
    this.what = what;
    this.machine = machine;
    this.log = log;
    this.project = place.resolve("project");
    this.cache = place.resolve("cache");
    this.output = place.resolve(LOG);
    this.program = new Program(output);
  }

  /** Returns whether what a document says can be put on a command line. */
  public static boolean isUsable(External what) {
    Map<String, String> properties = Optional.ofNullable(what.properties()).orElse(Map.of());
    return what.commit() != null
        && SourceTree.isCommit(what.commit())
        && isPlain(what.platform())
        && isPlain(what.outputTimestamp())
        && (what.folder() == null
            || (isPlain(what.folder()) && !List.of(what.folder().split("/")).contains("..")))
        && Optional.ofNullable(what.profiles()).orElse(List.of()).stream()
            .allMatch(CleanBuild::isPlain)
        && properties.keySet().stream().allMatch(name -> PROPERTY.matcher(name).matches());
  }

  private static boolean isPlain(@Nullable String text) {
    return text != null && PLAIN.matcher(text).matches();
  }

  /**
   * Checks out, builds, and returns the image.
   *
   * @param repository where the commit is checked out from
   * @param downloads a cache whose downloads are copied
   * @param wanted the digest of the image to look for, if the build makes several
   * @throws FailureException with an {@link EvidenceCode} if that fails
   * @throws IOException if a file cannot be read or written
   * @throws InterruptedException if the thread is interrupted
   */
  public BuiltImage run(String repository, Optional<Path> downloads, Digest wanted)
      throws IOException, InterruptedException {
    String commit = String.valueOf(what.commit());
    log.accept("Checking out " + commit + " of " + repository);
    new Checkout(program).run(repository, commit, project);
    if (downloads.isPresent()) {
      int copied = SharedDownloads.copy(downloads.get(), cache);
      log.accept("Copied " + copied + " downloads, each with its digest");
    }
    Path root = root();
    List<String> command = command(root);
    log.accept("Building (log: " + output + "): " + String.join(" ", command));
    int status;
    try {
      status = program.run(root, Map.of("JAVA_HOME", machine.java().toString()), command);
    } catch (IOException e) {
      throw failed("Maven cannot be run: " + Reasons.of(e)).toException(e);
    }
    if (status != 0) {
      throw failed("Maven ended with status " + status + ":\n" + program.end() + "\n")
          .toException();
    }
    return BuiltImage.find(module(), String.valueOf(what.platform()), wanted)
        .orElseThrow(() -> failed("it made no image for " + what.platform()).toException());
  }

  private Failure failed(String found) {
    return Failure.of(EvidenceCode.REBUILD_FAILED, "build", "commit " + what.commit(), found);
  }

  private Path module() {
    return what.folder() == null ? project : project.resolve(what.folder());
  }

  /** Returns the uppermost folder with a POM that the module's folder is in. */
  private Path root() {
    Path folder = project;
    Path rest = project.relativize(module());
    for (Path name : rest) {
      if (Files.isRegularFile(folder.resolve("pom.xml"))) {
        return folder;
      }
      folder = folder.resolve(name);
    }
    return folder;
  }

  private List<String> command(Path root) {
    List<String> command = new ArrayList<>(List.of(machine.maven().toString(), "-B", "-ntp"));
    String module = root.relativize(module()).toString();
    if (!module.isEmpty()) {
      command.addAll(List.of("-pl", module, "-am"));
    }
    List<String> profiles = Optional.ofNullable(what.profiles()).orElse(List.of());
    if (!profiles.isEmpty()) {
      command.add("-P" + String.join(",", profiles));
    }
    Optional.ofNullable(what.properties())
        .orElse(Map.of())
        .forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add("-Dprosodyoci.platforms=" + what.platform());
    command.add("-Dproject.build.outputTimestamp=" + what.outputTimestamp());
    command.add("-Dprosodyoci.cache=" + cache);
    command.addAll(machine.arguments());
    command.add("package");
    return command;
  }
}
