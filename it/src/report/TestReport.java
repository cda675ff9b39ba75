import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Counts what ran and what was skipped, from the reports of surefire, failsafe and invoker. it/run calls it.
 *
 * <p>Arguments: {@code --whole} if the runs were to run every test; a file of permitted skips; then {@code NAME=FOLDER} for each run of the tests,
 * FOLDER being the checkout that it ran in. A test counts as skipped if no run has run it. With {@code CI=true} the exit status is 1 if a skipped
 * test is not in the file, if a test of the file was not skipped, or if a class with tests has no report.
 */
final class TestReport {

  private static final Pattern TEST = Pattern.compile("(?m)^ +@(Test|TestFactory|ParameterizedTest|RepeatedTest|Property|Example)\\b");
  private static final Pattern ABSTRACT = Pattern.compile("(?m)^(public )?abstract class ");
  private static final Pattern PERMITTED = Pattern.compile("(\\S+)\\s+(\\S.*)");

  /** What a run says of a test; its reason is empty unless it was skipped. */
  private record Result(String type, String method, boolean failed, boolean skipped, String reason) {
    /** The test's name without what tells repetitions of it apart; that of the class where all of it was skipped. */
    String test() {
      return method.isEmpty() ? type : type + "#" + method;
    }
  }

  private record Run(String name, List<Result> results) {
    boolean ran(String test) {
      List<Result> of = results.stream().filter(r -> r.test().equals(test) || r.type().equals(test)).toList();
      return !of.isEmpty() && of.stream().noneMatch(Result::skipped);
    }

    long count(Predicate<Result> what) {
      return results.stream().filter(what).count();
    }
  }

  private TestReport() {}

  public static void main(String[] arguments) throws Exception {
    List<String> rest = new ArrayList<>(Arrays.asList(arguments));
    boolean whole = rest.remove("--whole");
    Map<String, String> permitted = permitted(Path.of(rest.remove(0)));
    List<Run> runs = new ArrayList<>();
    Set<String> classes = new TreeSet<>();
    for (String run : rest) {
      String[] pair = run.split("=", 2);
      runs.add(new Run(pair[0], results(Path.of(pair[1]))));
      classes.addAll(testClasses(Path.of(pair[1])));
    }
    System.out.println();
    for (Run run : runs) {
      System.out.println(
          "Tests " + run.name() + ": " + run.results().size() + ", failed " + run.count(Result::failed) + ", skipped " + run.count(Result::skipped));
    }
    Map<String, String> skipped = skipped(runs);
    skipped.forEach(
        (test, reason) -> System.out.println("SKIPPED " + test + ": " + reason + (permitted.containsKey(test) ? " (permitted)" : "")));
    System.out.println("Skipped in every run: " + skipped.size() + ", of which permitted: " + skipped.keySet().stream().filter(permitted::containsKey).count());

    List<String> faults = new ArrayList<>();
    skipped.keySet().stream().filter(test -> !permitted.containsKey(test)).forEach(test -> faults.add(test + " was skipped, and it/skips.txt does not permit it"));
    if (whole) {
      permitted.keySet().stream().filter(test -> !skipped.containsKey(test)).forEach(test -> faults.add(test + " was not skipped: remove it from it/skips.txt"));
      runs.forEach(run -> run.results().forEach(result -> classes.remove(result.type())));
      classes.forEach(type -> faults.add(type + " has tests, but no run reports any of it"));
    }
    boolean ci = "true".equals(System.getenv("CI"));
    faults.forEach(fault -> System.out.println((ci ? "FAILURE: " : "With CI=true this is a failure: ") + fault));
    if (ci && !faults.isEmpty()) {
      System.exit(1);
    }
  }

  private static Map<String, String> permitted(Path file) throws IOException {
    Map<String, String> permitted = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Matcher entry = PERMITTED.matcher(line);
      if (!entry.matches()) {
        throw new IllegalArgumentException(file + ": a line is the name of a test, a space and a reason, not: " + line);
      }
      permitted.put(entry.group(1), entry.group(2));
    }
    return permitted;
  }

  /** Returns the tests that were skipped in a run and ran in none, with the reasons. */
  private static Map<String, String> skipped(List<Run> runs) {
    Map<String, String> skipped = new TreeMap<>();
    for (Run run : runs) {
      for (Result result : run.results()) {
        String test = result.test();
        if (result.skipped() && runs.stream().noneMatch(other -> other.ran(test))) {
          String reason = run.name() + ": " + result.reason();
          skipped.merge(test, reason, (one, more) -> one.contains(more) ? one : one + "; " + more);
        }
      }
    }
    return skipped;
  }

  private static List<Result> results(Path project) throws Exception {
    List<Result> results = new ArrayList<>();
    for (Path file : files(project, "[^/]+/target/(surefire|failsafe)-reports/TEST-.*\\.xml")) {
      NodeList cases = document(file).getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        NodeList skips = test.getElementsByTagName("skipped");
        boolean skipped = skips.getLength() > 0;
        boolean failed = test.getElementsByTagName("failure").getLength() + test.getElementsByTagName("error").getLength() > 0;
        // The slow tests of a class have a report of their own, TEST-…-slow.xml. jqwik names neither the class's package nor a method's underscores.
        String type = file.getFileName().toString().replaceFirst("TEST-([^-]*).*\\.xml", "$1");
        String method = test.getAttribute("name").split("[({\\[]", 2)[0].replace(' ', '_');
        boolean whole = type.equals(method) || type.endsWith("." + method);
        results.add(new Result(type, whole ? "" : method, failed, skipped, skipped ? reason((Element) skips.item(0)) : ""));
      }
    }
    for (Path file : files(project, "[^/]+/target/invoker-reports/.*BUILD-.*\\.xml")) {
      Element build = document(file);
      String result = build.getAttribute("result");
      String reason = build.getElementsByTagName("failureMessage").getLength() == 0 ? "" : build.getElementsByTagName("failureMessage").item(0).getTextContent();
      results.add(new Result("invoker", build.getAttribute("project"), result.startsWith("fail") || result.startsWith("error"), result.equals("skipped"), firstLine(reason)));
    }
    return results;
  }

  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message");
    return firstLine((message.isBlank() ? skipped.getTextContent() : message).replaceFirst("^[\\w.]*TestAbortedException: ", ""));
  }

  private static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("no reason given");
  }

  /** Returns the names of the classes that have tests. */
  private static List<String> testClasses(Path project) throws IOException {
    List<String> classes = new ArrayList<>();
    for (Path file : files(project, "[^/]+/src/test/java/.*\\.java")) {
      String text = Files.readString(file);
      if (TEST.matcher(text).find() && !ABSTRACT.matcher(text).find()) {
        classes.add(project.relativize(file).toString().replaceFirst("^[^/]+/src/test/java/", "").replaceFirst("\\.java$", "").replace('/', '.'));
      }
    }
    return classes;
  }

  private static List<Path> files(Path project, String path) throws IOException {
    List<Path> modules;
    try (Stream<Path> folders = Files.list(project)) {
      modules = folders.filter(folder -> Files.isRegularFile(folder.resolve("pom.xml"))).toList();
    }
    List<Path> found = new ArrayList<>();
    for (Path module : modules) {
      for (String below : List.of("src/test/java", "target/surefire-reports", "target/failsafe-reports", "target/invoker-reports")) {
        if (Files.isDirectory(module.resolve(below))) {
          try (Stream<Path> files = Files.walk(module.resolve(below))) {
            files.filter(file -> project.relativize(file).toString().matches(path)).sorted().forEach(found::add);
          }
        }
      }
    }
    return found;
  }

  private static Element document(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getDocumentElement();
  }
}
