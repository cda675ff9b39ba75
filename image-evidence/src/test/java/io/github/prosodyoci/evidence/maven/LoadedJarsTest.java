package io.github.prosodyoci.evidence.maven;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.evidence.provenance.BuildJar;
import java.nio.file.Files;
import java.nio.file.Path;
import org.codehaus.plexus.classworlds.ClassWorld;
import org.codehaus.plexus.classworlds.realm.ClassRealm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedJarsTest {

  @TempDir Path folder;

  private Path jar(String path) throws Exception {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, path);
  }

  @Test
  void of_realmsOfSeveralPlugins_areListedOnceWithoutWhatTheBuildMade() throws Exception {
    Path shared = jar("a repository/org/example/shared/2/shared-2.jar");
    Path own = jar("project/target/own-plugin-1.jar");
    Path plugin = jar("a repository/com/example/some-plugin/1/some-plugin-1.jar");
    ClassWorld world = new ClassWorld();
    try {
      ClassRealm first = world.newRealm("plugin>own");
      first.addURL(own.toUri().toURL());
      first.addURL(shared.toUri().toURL());
      ClassRealm second = world.newRealm("plugin>some");
      second.addURL(shared.toUri().toURL());
      second.addURL(plugin.toUri().toURL());

      assertThat(LoadedJars.of(first, folder.resolve("a repository")))
          .containsExactly(
              new BuildJar("pkg:maven/com.example/some-plugin@1", plugin),
              new BuildJar("pkg:maven/org.example/shared@2", shared));
    } finally {
      world.disposeRealm("plugin>own");
      world.disposeRealm("plugin>some");
    }
  }
}
