package io.github.prosodyoci.it;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the modules to the arrows between them, and to what only one of them may do. */
class ArchitectureTest {

  private static final String ROOT = "io.github.prosodyoci";
  private static final String GOALS = ROOT + "..maven..";

  /** Each module's folder and package. */
  private static final Map<String, String> MODULES =
      Map.of(
          "toolkit-core", "core",
          "maven-support", "maven",
          "prosody-recipe", "recipe",
          "prosody-fetch", "fetch",
          "prosody-verify", "verify",
          "prosody-update", "update",
          "alpine-packages", "packages",
          "alpine-rootfs", "rootfs",
          "prosody-compile", "compile",
          "image-assemble", "image");

  /** The arrows: what each package may use of the others. Its goals may use {@code maven} too. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "core", Set.of(),
          "maven", Set.of("core"),
          "recipe", Set.of("core"),
          "fetch", Set.of("core", "maven", "recipe"),
          "verify", Set.of("core", "maven", "recipe", "fetch"),
          "update", Set.of("core", "maven", "recipe", "fetch", "verify"),
          "packages", Set.of("core", "maven", "fetch", "recipe"),
          "rootfs", Set.of("core", "maven", "packages"),
          "compile", Set.of("core", "maven", "recipe", "fetch", "verify", "packages"),
          "image", Set.of("core", "maven"));

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

  @TestFactory
  Stream<DynamicTest> module_usesOnlyWhatItsArrowsPointTo() {
    return ARROWS.keySet().stream()
        .sorted()
        .map(
            module ->
                dynamicTest(
                    module,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(ROOT + "." + module + "..")
                            .should()
                            .dependOnClassesThat(
                                resideInAnyPackage(
                                    ARROWS.keySet().stream()
                                        .filter(other -> !other.equals(module))
                                        .filter(other -> !ARROWS.get(module).contains(other))
                                        .map(other -> ROOT + "." + other + "..")
                                        .toArray(String[]::new)))
                            .check(classes)));
  }

  @Test
  void everyClass_belongsToAModule() {
    classes()
        .should()
        .resideInAnyPackage(
            MODULES.values().stream().map(p -> ROOT + "." + p + "..").toArray(String[]::new))
        .check(classes);
  }

  /**
   * A module's packages, its own included, know each other in one direction. The codes of
   * its failures are in its own package, and all of them use these, so here they count as none of
   * them.
   */
  @TestFactory
  Stream<DynamicTest> packages_haveNoCycles() {
    return ARROWS.keySet().stream()
        .sorted()
        .map(
            module ->
                dynamicTest(
                    module,
                    () ->
                        slices()
                            .assignedFrom(packagesOf(module))
                            .should()
                            .beFreeOfCycles()
                            .check(classes)));
  }

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

  @Test
  void libraries_knowNothingOfMaven() {
    noClasses()
        .that()
        .resideOutsideOfPackage(GOALS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.maven..", "org.codehaus.plexus..", "javax.inject..", GOALS)
        .because("other builds embed the libraries")
        .check(classes);
  }

  @Test
  void files_areNamedByPathsButInTheParametersOfGoals() {
    noClasses()
        .that()
        .resideOutsideOfPackage(GOALS)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.File")
        .check(classes);
  }

  @Test
  void tar_isWrittenByOneClass() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.commons.compress.archivers.tar.TarArchiveOutputStream")
        .because("it writes the user's name into pax headers; there is core.archive.TarWriter")
        .check(classes);
  }

  @Test
  void gzip_isWrittenByOneClass() {
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "compress with the zlib of the JDK",
                c ->
                    Set.of(
                            "java.util.zip.Deflater",
                            "java.util.zip.DeflaterOutputStream",
                            "java.util.zip.DeflaterInputStream",
                            "java.util.zip.GZIPOutputStream",
                            "java.util.zip.ZipOutputStream",
                            "java.util.jar.JarOutputStream",
                            "org.apache.commons.compress.compressors.gzip"
                                + ".GzipCompressorOutputStream")
                        .contains(c.getFullName())))
        .because("its output differs between JDKs; there is core.archive.Gzip")
        .check(classes);
  }

  @Test
  void json_isWrittenByOneClass() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".core.Json")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core..")
        .check(classes);
  }

  @Test
  void yaml_isReadInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".recipe.yaml..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.snakeyaml..")
        .check(classes);
  }

  @Test
  void openPgp_isKnownToVerifyOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".verify..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle.openpgp..")
        .check(classes);
  }

  @Test
  void http_isSpokenByTheClientOfTheJdk() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.http..", "com.google.api.client..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.URLConnection")
        .orShould()
        .callMethod("java.net.URL", "openStream")
        .check(classes);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".image..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google.cloud.tools.jib..")
        .check(classes);
  }

  @Test
  void dates_areThoseOfJavaTime() {
    noClasses()
        .that()
        // Bouncy Castle tells times as java.util.Date.
        .resideOutsideOfPackage(ROOT + ".verify..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.(Date|Calendar|GregorianCalendar|TimeZone)|java\\.text\\..*DateFormat")
        .check(classes);
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

  @Test
  void clockEnvironmentAndUser_comeThroughConstructors() {
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
        .callMethodWhere(callOf(Clock.class, "systemUTC", "systemDefaultZone", "system"))
        .check(classes);
  }

  @Test
  void locale_isAlwaysNamed() {
    noClasses()
        .should()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .orShould()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(String.class, "formatted", Object[].class)
        .check(classes);
  }

  @Test
  void process_isNeverEndedNorChangedAsAWhole() {
    noClasses()
        .should()
        .callMethodWhere(
            callOf(System.class, "exit", "setProperty", "setProperties", "setOut", "setErr"))
        .orShould()
        .callMethodWhere(callOf(Runtime.class, "exit", "halt"))
        .check(classes);
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(classes);
  }

  @Test
  void staticFields_areFinal() {
    assertThat(
            classes.stream()
                .flatMap(c -> c.getFields().stream())
                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
                .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)))
        .as("goals run side by side in one JVM")
        .isEmpty();
  }

  @Test
  void packages_sayThatNothingIsNullUnlessMarked() {
    Set<JavaPackage> packages =
        classes.stream().map(JavaClass::getPackage).collect(Collectors.toSet());
    assertThat(packages).allSatisfy(p -> assertThat(p.isAnnotatedWith(NullMarked.class)).isTrue());
  }

  @Test
  void uncheckedExceptions_areOnePerModule() {
    Map<String, List<String>> exceptions =
        classes.stream()
            .filter(c -> c.isAssignableTo(RuntimeException.class))
            .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC))
            .collect(
                Collectors.groupingBy(
                    c -> c.getPackageName().substring(ROOT.length() + 1).split("\\.")[0],
                    Collectors.mapping(JavaClass::getSimpleName, Collectors.toList())));
    assertThat(exceptions).allSatisfy((module, names) -> assertThat(names).hasSize(1));
  }

  @Test
  void rules_areBrokenByWhatBreaksThem() {
    // A rule that matches nothing would hold for ever: these matchers do find what they look for.
    assertThat(classes.stream().filter(resideInAPackage(GOALS))).isNotEmpty();
    assertThat(classes.that(resideInAPackage(ROOT + ".compile..")))
        .anySatisfy(
            c ->
                assertThat(c.getDirectDependenciesFromSelf())
                    .anyMatch(
                        d -> d.getTargetClass().getPackageName().startsWith(ROOT + ".packages")));
    assertThat(classes.stream().flatMap(c -> c.getMethodCallsFromSelf().stream()))
        .anyMatch(callOf(System.class, "getenv"));
  }
}
