package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.evidence.provenance.BuildJar;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.codehaus.plexus.classworlds.realm.ClassRealm;

/** What a build has loaded of Maven's repository, to work with. */
final class LoadedJars {

  private LoadedJars() {}

  /**
   * Returns the plugins that have worked so far, and what they need, ordered by their package URLs.
   * What the build itself has made, such as the plugins of the same project, is left out.
   *
   * @param realm the classes of one plugin
   * @param repository the folder of the local repository
   */
  static List<BuildJar> of(ClassRealm realm, Path repository) {
    SortedMap<String, BuildJar> jars = new TreeMap<>();
    for (ClassRealm each : realm.getWorld().getRealms()) {
      for (URL url : each.getURLs()) {
        file(url)
            .flatMap(file -> BuildJar.of(repository.toAbsolutePath().normalize(), file))
            .ifPresent(jar -> jars.put(jar.uri(), jar));
      }
    }
    return List.copyOf(jars.values());
  }

  private static Optional<Path> file(URL url) {
    try {
      URI uri = url.toURI();
      return "file".equals(uri.getScheme()) ? Optional.of(Path.of(uri)) : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException e) {
      // It is no file of the repository then.
      return Optional.empty();
    }
  }
}
