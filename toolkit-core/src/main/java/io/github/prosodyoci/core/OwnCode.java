package io.github.prosodyoci.core;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The running code of this toolkit, as up-to-date checks count it: unlike a version, its digest
 * differs between two builds of the same snapshot.
 */
public final class OwnCode {

  private static final String ROOT = "io/github/prosodyoci";

  private static final Map<ClassLoader, Digest> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private OwnCode() {}

  /**
   * Returns the digest of all classes and resources of the toolkit that a class loader finds,
   * whether they are in jars or in folders. Computed once for each class loader.
   *
   * @throws FailureException if one cannot be read ({@code file-access})
   */
  public static Digest digest(ClassLoader loader) {
    return KNOWN.computeIfAbsent(loader, OwnCode::compute);
  }

  private static Digest compute(ClassLoader loader) {
    SortedMap<String, Digest> files = new TreeMap<>();
    try {
      for (URL place : Collections.list(loader.getResources(ROOT))) {
        URLConnection connection = place.openConnection();
        if (connection instanceof JarURLConnection jar) {
          jar.setUseCaches(false);
          addJar(jar, files);
        } else {
          addFolder(Path.of(place.toURI()), files);
        }
      }
    } catch (IOException | URISyntaxException e) {
      throw Failure.of(CommonCode.FILE_ACCESS, "read", "the toolkit's own code", Reasons.of(e))
          .toException(e);
    }
    StringBuilder text = new StringBuilder();
    files.forEach((name, digest) -> text.append(name).append(' ').append(digest).append('\n'));
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void addJar(JarURLConnection place, Map<String, Digest> files) throws IOException {
    try (JarFile jar = place.getJarFile()) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().startsWith(ROOT + "/") && !entry.isDirectory()) {
          try (var in = jar.getInputStream(entry)) {
            files.putIfAbsent(entry.getName(), Digest.of(in));
          }
        }
      }
    }
  }

  private static void addFolder(Path folder, Map<String, Digest> files) throws IOException {
    List<Path> found;
    try (Stream<Path> walk = Files.walk(folder)) {
      found = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    URI base = folder.toUri();
    for (Path file : found) {
      files.putIfAbsent(ROOT + "/" + base.relativize(file.toUri()).getPath(), Digest.of(file));
    }
  }
}
