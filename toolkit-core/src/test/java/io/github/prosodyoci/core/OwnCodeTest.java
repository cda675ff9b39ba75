package io.github.prosodyoci.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnCodeTest {

  private static final String CLASS = "io/github/prosodyoci/room/A.class";

  @TempDir private Path folder;

  private Path classes(String name, String content) throws IOException {
    Path classes = folder.resolve(name);
    Files.createDirectories(classes.resolve(CLASS).getParent());
    Files.writeString(classes.resolve(CLASS), content);
    return classes;
  }

  private Path jar(String name, String content, String manifestComment) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String each :
          new String[] {"META-INF/x", "io/", "io/github/", "io/github/prosodyoci/", CLASS}) {
        out.putNextEntry(new JarEntry(each));
        if (!each.endsWith("/")) {
          out.write((each.equals(CLASS) ? content : manifestComment).getBytes(UTF_8));
        }
        out.closeEntry();
      }
    }
    return jar;
  }

  private static Digest digest(Path place) throws IOException {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, null)) {
      return OwnCode.digest(loader);
    }
  }

  @Test
  void digest_changedClass_differs() throws IOException {
    assertThat(digest(classes("a", "1"))).isEqualTo(digest(classes("b", "1")));
    assertThat(digest(classes("c", "2"))).isNotEqualTo(digest(classes("b", "1")));
    assertThat(digest(jar("a.jar", "1", ""))).isNotEqualTo(digest(jar("b.jar", "2", "")));
  }

  @Test
  void digest_sameClassesInJarOrFolder_isTheSame() throws IOException {
    assertThat(digest(jar("a.jar", "1", "x"))).isEqualTo(digest(classes("a", "1")));
    assertThat(digest(jar("b.jar", "1", "y"))).isEqualTo(digest(classes("a", "1")));
  }

  @Test
  void digest_ofThisToolkit_coversItsClasses() {
    assertThat(OwnCode.digest(OwnCode.class.getClassLoader()))
        .isNotEqualTo(Digest.of(new byte[0]))
        .isEqualTo(OwnCode.digest(OwnCode.class.getClassLoader()));
  }
}
