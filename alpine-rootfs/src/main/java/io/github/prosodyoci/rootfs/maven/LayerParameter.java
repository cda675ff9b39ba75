package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.rootfs.install.LayerSpec;
import java.io.File;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;

/** The parameter {@code layer}. */
public final class LayerParameter {

  /** A short name, which becomes the file's name. */
  @Parameter(required = true)
  String name = "";

  /**
   * What is asked for, as in {@code /etc/apk/world}: names, {@code name=1.2-r0}, {@code name~1.2}.
   */
  @Parameter List<String> packages = List.of();

  /** Folders whose content is laid down as it is, owned by root, over all packages. */
  @Parameter List<File> files = List.of();

  LayerSpec toSpec() {
    return new LayerSpec(
        name,
        packages.stream().map(String::strip).map(Dependency::parse).toList(),
        files.stream().map(File::toPath).toList());
  }
}
