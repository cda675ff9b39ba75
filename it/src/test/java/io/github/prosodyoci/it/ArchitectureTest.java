package io.github.prosodyoci.it;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Holds the modules to the arrows between them, and to what only one of them may do. */
class ArchitectureTest {

  private static final String ROOT = "io.github.prosodyoci";
  private static final String GOALS = ROOT + "..maven..";

  /** Each module's folder and package. */
  private static final Map<String, String> MODULES =
      Map.ofEntries(
          Map.entry("toolkit-core", "core"),
          Map.entry("maven-support", "maven"),
          Map.entry("prosody-recipe", "recipe"),
          Map.entry("prosody-fetch", "fetch"),
          Map.entry("prosody-verify", "verify"),
          Map.entry("prosody-update", "update"),
          Map.entry("alpine-packages", "packages"),
          Map.entry("alpine-rootfs", "rootfs"),
          Map.entry("prosody-compile", "compile"),
          Map.entry("image-assemble", "image"),
          Map.entry("image-evidence", "evidence"));

  /** The arrows: what each package may use of the others. Its goals may use {@code maven} too. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("core", Set.of()),
          Map.entry("maven", Set.of("core")),
          Map.entry("recipe", Set.of("core")),
          Map.entry("fetch", Set.of("core", "maven", "recipe")),
          Map.entry("verify", Set.of("core", "maven", "recipe", "fetch")),
          Map.entry("update", Set.of("core", "maven", "recipe", "fetch", "verify")),
          Map.entry("packages", Set.of("core", "maven", "fetch", "recipe")),
          Map.entry("rootfs", Set.of("core", "maven", "packages")),
          Map.entry("compile", Set.of("core", "maven", "recipe", "fetch", "verify", "packages")),
          Map.entry("image", Set.of("core", "maven")),
          Map.entry("evidence", Set.of("core", "maven", "image")));

  private static final Set<String> COMPRESSORS =
      Set.of(
          "java.util.zip.Deflater",
          "java.util.zip.DeflaterOutputStream",
          "java.util.zip.DeflaterInputStream",
          "java.util.zip.GZIPOutputStream",
          "java.util.zip.ZipOutputStream",
          "java.util.jar.JarOutputStream",
          "org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream");

  private static final Set<String> MESSAGES = Set.of("getMessage", "getLocalizedMessage");

  private static final Set<String> COMPARISONS =
      Set.of(
          "contains", "startsWith", "endsWith", "matches", "equals", "equalsIgnoreCase", "indexOf");

  private static JavaClasses classes;

  /** Reads the compiled modules where they lie: no test needs all their libraries at once. */
  @BeforeAll
  static void readClasses() {
    Path root = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().getParent();
    List<Path> folders =
        MODULES.keySet().stream().map(module -> root.resolve(module + "/target/classes")).toList();
    assertThat(folders).as("compiled modules; run mvn -Pit verify").allMatch(Files::isDirectory);
    classes =
        new ClassFileImporter()
            .importPaths(folders)
            .that(
                describe(
                    "are not generated", (JavaClass c) -> !c.getSimpleName().equals("HelpMojo")));
  }

  /** The rules by name; each is broken by the class of that name in {@link Violations}. */
  private static final Map<String, ArchRule> RULES = new TreeMap<>();

  static {
    ARROWS.forEach(
        (module, arrows) ->
            RULES.put(
                "arrows of " + module,
                noClasses()
                    .that()
                    .resideInAPackage(ROOT + "." + module + "..")
                    .should()
                    .dependOnClassesThat(
                        resideInAnyPackage(
                            ARROWS.keySet().stream()
                                .filter(other -> !other.equals(module))
                                .filter(other -> !arrows.contains(other))
                                .map(other -> ROOT + "." + other + "..")
                                .toArray(String[]::new)))));
    ARROWS
        .keySet()
        .forEach(
            module ->
                RULES.put(
                    "no cycles in " + module,
                    slices().assignedFrom(packagesOf(module)).should().beFreeOfCycles()));
    RULES.put(
        "a module for every class",
        classes()
            .should()
            .resideInAnyPackage(
                MODULES.values().stream().map(p -> ROOT + "." + p + "..").toArray(String[]::new)));
    RULES.put(
        "no Maven in libraries",
        noClasses()
            .that()
            .resideOutsideOfPackage(GOALS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.maven..", "org.codehaus.plexus..", "javax.inject..")
            .because("other builds embed the libraries"));
    RULES.put(
        "maven-support for goals alone",
        noClasses()
            .that()
            .resideOutsideOfPackage(GOALS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(GOALS));
    RULES.put(
        "paths, not files",
        noClasses()
            .that()
            .resideOutsideOfPackage(GOALS)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.File"));
    RULES.put(
        "one writer of tar",
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(
                "org.apache.commons.compress.archivers.tar.TarArchiveOutputStream")
            .because("it writes the user's name into pax headers; use core.archive.TarWriter"));
    RULES.put(
        "one writer of gzip",
        noClasses()
            .should()
            .dependOnClassesThat(
                describe(
                    "compress with the zlib of the JDK",
                    c -> COMPRESSORS.contains(c.getFullName())))
            .because("its output differs between JDKs; use core.archive.Gzip"));
    RULES.put(
        "one writer of JSON",
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".core.Json")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core.."));
    RULES.put(
        "one reader of YAML",
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".recipe.yaml..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.snakeyaml.."));
    RULES.put(
        "OpenPGP in verify alone",
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".verify..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle.openpgp.."));
    RULES.put(
        "HTTP by the JDK's client",
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.http..", "com.google.api.client..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.net.URLConnection")
            .orShould()
            .callMethod("java.net.URL", "openStream"));
    RULES.put(
        "Jib in image alone",
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".image..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.cloud.tools.jib.."));
    RULES.put(
        "dates of java.time",
        noClasses()
            .that()
            // Bouncy Castle's times are of java.util.Date.
            .resideOutsideOfPackage(ROOT + ".verify..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                "java\\.util\\.(Date|Calendar|GregorianCalendar|TimeZone)|java\\.text\\..*DateFormat"));
    RULES.put(
        "clock, environment and user through constructors",
        noClasses()
            .that()
            .resideOutsideOfPackage(GOALS)
            .and()
            // The one place that asks which machine this is.
            .doNotHaveFullyQualifiedName(ROOT + ".core.BuildHost")
            .should()
            .callMethodWhere(callOf(System.class, "getenv", "getProperty", "currentTimeMillis"))
            .orShould()
            .callMethodWhere(callOf(Instant.class, "now"))
            .orShould()
            .callMethodWhere(callOf(Clock.class, "systemUTC", "systemDefaultZone", "system")));
    RULES.put(
        "a locale is named",
        noClasses()
            .should()
            .callMethod(String.class, "toLowerCase")
            .orShould()
            .callMethod(String.class, "toUpperCase")
            .orShould()
            .callMethod(String.class, "format", String.class, Object[].class)
            .orShould()
            .callMethod(String.class, "formatted", Object[].class));
    RULES.put(
        "the process is left alone",
        noClasses()
            .should()
            .callMethodWhere(
                callOf(System.class, "exit", "setProperty", "setProperties", "setOut", "setErr"))
            .orShould()
            .callMethodWhere(callOf(Runtime.class, "exit", "halt")));
    RULES.put("no standard streams", NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
    RULES.put("no java.util.logging", NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
    RULES.put(
        "no decision by the text of a message",
        noCodeUnits()
            .should(
                ArchCondition.from(
                    describe("compare the message of an exception", ArchitectureTest::compares)))
            .because("a failure's code says what it is"));
    RULES.put(
        "an unchecked exception is a failure",
        classes()
            .that()
            .areAssignableTo(RuntimeException.class)
            .and()
            .arePublic()
            .should()
            .beAssignableTo(ROOT + ".core.FailureException"));
    RULES.put(
        "static fields are final",
        fields()
            .that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal()
            .because("goals run side by side in one JVM"));
    RULES.put(
        "nothing is null unless marked",
        classes()
            .should(
                ArchCondition.from(
                    describe(
                        "be in a package that is @NullMarked",
                        (JavaClass c) -> c.getPackage().isAnnotatedWith(NullMarked.class)))));
  }

  @TestFactory
  Stream<DynamicTest> modules_keepTheRule() {
    return RULES.entrySet().stream()
        .map(rule -> dynamicTest(rule.getKey(), () -> rule.getValue().check(classes)));
  }

  /** A rule that nothing breaks says nothing. */
  @TestFactory
  Stream<DynamicTest> rule_isBrokenByItsViolation(@TempDir Path folder) throws IOException {
    Map<String, JavaClasses> violations = Violations.compile(folder);
    assertThat(violations.keySet()).as("violations").isEqualTo(RULES.keySet());
    return violations.entrySet().stream()
        .map(
            violation ->
                dynamicTest(
                    violation.getKey(),
                    () ->
                        assertThat(
                                RULES
                                    .get(violation.getKey())
                                    .evaluate(violation.getValue())
                                    .hasViolation())
                            .isTrue()));
  }

  /**
   * A module's packages, its own included, know each other in one direction. The codes of its
   * failures are in its own package, and all of them use these, so here they count as none of them.
   */
  private static SliceAssignment packagesOf(String module) {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass c) {
        String name = c.getPackageName();
        boolean inside = (name + ".").startsWith(ROOT + "." + module + ".");
        return inside && !isException(c) ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "packages of " + module;
      }
    };
  }

  private static boolean isException(JavaClass c) {
    return c.isAssignableTo(Throwable.class)
        || c.isAssignableTo(ROOT + ".core.FailureCode")
        || c.getEnclosingClass().filter(ArchitectureTest::isException).isPresent();
  }

  /** A call of one of the methods that tell something of this machine, this user or this moment. */
  private static DescribedPredicate<JavaCall<?>> callOf(Class<?> owner, String... names) {
    return describe(
        owner.getSimpleName() + "." + String.join("/", names),
        call -> {
          AccessTarget target = call.getTarget();
          return target.getOwner().isEquivalentTo(owner)
              && Set.of(names).contains(target.getName());
        });
  }

  /**
   * Returns whether a method compares a message where it reads it: on the same line or the next.
   * Where a variable takes the message, nothing is noticed.
   */
  private static boolean compares(JavaCodeUnit unit) {
    Set<Integer> read =
        unit.getMethodCallsFromSelf().stream()
            .filter(call -> MESSAGES.contains(call.getTarget().getName()))
            .filter(call -> call.getTargetOwner().isAssignableTo(Throwable.class))
            .map(JavaAccess::getLineNumber)
            .collect(Collectors.toSet());
    return unit.getMethodCallsFromSelf().stream()
        .filter(call -> call.getTargetOwner().isEquivalentTo(String.class))
        .filter(call -> COMPARISONS.contains(call.getTarget().getName()))
        .anyMatch(
            call -> read.contains(call.getLineNumber()) || read.contains(call.getLineNumber() - 1));
  }
}
