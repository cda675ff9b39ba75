package io.github.prosodyoci.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** A Java program on a page of the documentation, compiled without a warning. */
public final class DocumentedProgram {

  private static final int SECONDS = 60;

  private final String name;
  private final Path folder;

  private DocumentedProgram(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /**
   * Compiles a program.
   *
   * @param page a Markdown file
   * @param name the name of its class
   * @param folder an empty folder to compile in
   * @throws AssertionError if the page has no such program, or it does not compile without a
   *     warning
   */
  public static DocumentedProgram compile(Path page, String name, Path folder) throws IOException {
    String program =
        blocks(page, "java").stream()
            .filter(block -> block.contains("class " + name + " "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(page + " has no program " + name));
    Path file = Files.writeString(Files.createDirectories(folder).resolve(name + ".java"), program);
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-Xlint:all",
                "-Werror",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    if (code != 0) {
      throw new AssertionError(name + " on " + page + " does not compile");
    }
    return new DocumentedProgram(name, folder);
  }

  /** Returns the code blocks of a language on a Markdown page. */
  public static List<String> blocks(Path page, String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(page))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  /**
   * Runs the program in a Java of its own, whose home folder is the one it was compiled in, and
   * returns what it prints, stripped.
   *
   * @throws AssertionError if it does not end
   */
  public String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Duser.home=" + folder, "-cp"));
    command.add(folder + ":" + System.getProperty("java.class.path"));
    command.add(name);
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(name + " did not end: " + Files.readString(output, UTF_8));
    }
    return Files.readString(output, UTF_8).strip();
  }
}
