package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** For each rule of {@link ArchitectureTest} classes that break it, and it alone. */
final class Violations {

  private static final Pattern NAME =
      Pattern.compile("package ([\\w.]+);.*?(?:class|interface) (\\w+)", Pattern.DOTALL);

  private static final Map<String, List<String>> SOURCES = new TreeMap<>();

  static {
    for (String module :
        List.of(
            "core",
            "maven",
            "recipe",
            "fetch",
            "verify",
            "update",
            "packages",
            "rootfs",
            "compile",
            "image",
            "evidence")) {
      // Nobody may use updates; updates may not use packages.
      String other = module.equals("update") ? "packages" : "update";
      SOURCES.put(
          "arrows of " + module,
          List.of(in(other, "public class Far {}"), in(module, bad("~." + other + ".Far far;"))));
      SOURCES.put(
          "no cycles in " + module,
          List.of(
              in(module + ".one", "public class One { ~." + module + ".two.Two other; }"),
              in(module + ".two", "public class Two { ~." + module + ".one.One other; }")));
    }
    put("a module for every class", in("attic", bad("")));
    put(
        "no Maven in libraries",
        "package org.apache.maven.plugin; public class Mojo {}",
        in("fetch", bad("org.apache.maven.plugin.Mojo mojo;")));
    put(
        "maven-support for goals alone",
        in("maven", "public class Skip {}"),
        in("fetch", bad("~.maven.Skip skip;")));
    put("paths, not files", in("fetch", bad("java.io.File file;")));
    put(
        "one writer of tar",
        "package org.apache.commons.compress.archivers.tar; public class TarArchiveOutputStream {}",
        in("core", bad("org.apache.commons.compress.archivers.tar.TarArchiveOutputStream tar;")));
    put(
        "one writer of gzip",
        in("rootfs", bad("Object gzip = new java.util.zip.Deflater(9, true);")));
    put(
        "one writer of JSON",
        "package com.fasterxml.jackson.databind; public class ObjectMapper {}",
        in("fetch", bad("com.fasterxml.jackson.databind.ObjectMapper mapper;")));
    put(
        "one reader of YAML",
        "package org.snakeyaml.engine.v2.api; public class Load {}",
        in("compile", bad("org.snakeyaml.engine.v2.api.Load load;")));
    put(
        "OpenPGP in verify alone",
        "package org.bouncycastle.openpgp; public class PGPSignature {}",
        in("packages", bad("org.bouncycastle.openpgp.PGPSignature signature;")));
    put(
        "HTTP by the JDK's client",
        in(
            "fetch",
            bad("void f(java.net.URL url) throws java.io.IOException { url.openStream(); }")));
    put(
        "Jib in image alone",
        "package com.google.cloud.tools.jib.api; public class ImageReference {}",
        in("rootfs", bad("com.google.cloud.tools.jib.api.ImageReference image;")));
    put("dates of java.time", in("packages", bad("java.util.Date date;")));
    put(
        "clock, environment and user through constructors",
        in("packages", bad("Object now = java.time.Instant.now();")));
    put("a locale is named", in("image", bad("String f(String s) { return s.toLowerCase(); }")));
    put("the process is left alone", in("core", bad("void f() { System.exit(1); }")));
    put("no standard streams", in("core", bad("void f() { System.out.println(); }")));
    put(
        "no java.util.logging",
        in(
            "core",
            bad("java.util.logging.Logger log = java.util.logging.Logger.getLogger(\"\");")));
    put(
        "no decision by the text of a message",
        in("verify", bad("boolean f(Exception e) { return e.getMessage().contains(\"early\"); }")));
    put(
        "an unchecked exception is a failure",
        in(
            "core",
            "public class Bad extends RuntimeException { static final long serialVersionUID = 1;"
                + " }"));
    put("static fields are final", in("core", bad("static int count;")));
    put("nothing is null unless marked", in("core.unmarked", bad("")));
  }

  private Violations() {}

  private static void put(String rule, String... sources) {
    SOURCES.put(rule, List.of(sources));
  }

  private static String bad(String members) {
    return "class Bad { " + members + " }";
  }

  private static String in(String module, String source) {
    return ("package ~." + module + "; " + source).replace("~", "io.github.prosodyoci");
  }

  /**
   * Returns the compiled classes of each rule's violation. Libraries are played by empty classes of
   * their names, as a rule asks for nothing but names.
   */
  static Map<String, JavaClasses> compile(Path folder) throws IOException {
    Map<String, JavaClasses> compiled = new TreeMap<>();
    for (Map.Entry<String, List<String>> violation : SOURCES.entrySet()) {
      Path output = folder.resolve(violation.getKey().replace(' ', '-'));
      compile(violation.getValue(), output);
      ImportOption ours = location -> location.contains("/io/github/prosodyoci/");
      compiled.put(
          violation.getKey(), new ClassFileImporter().withImportOption(ours).importPath(output));
    }
    return compiled;
  }

  private static void compile(List<String> sources, Path output) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String source : sources) {
      Matcher name = NAME.matcher(source);
      assertThat(name.find()).as(source).isTrue();
      Path file = output.resolve("sources").resolve(name.group(1)).resolve(name.group(2) + ".java");
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, source));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-proc:none", "-cp", output.toString(), "-d", output.toString());
      assertThat(
              compiler
                  .getTask(
                      messages,
                      manager,
                      null,
                      options,
                      null,
                      manager.getJavaFileObjectsFromPaths(files))
                  .call())
          .as(messages.toString())
          .isTrue();
    }
  }
}
