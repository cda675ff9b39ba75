package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.packages.apk.Dependency;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;

/** A goal about a list of wanted packages. */
abstract class WorldGoal extends PackagesGoal {

  /**
   * The packages that are wanted, as in {@code /etc/apk/world}: {@code name}, {@code name=1.2-r0},
   * {@code name@tag}.
   */
  @Parameter(property = "prosodyoci.packages", required = true)
  private List<String> packages = List.of();

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.packages.skip", defaultValue = "false")
  private boolean skip;

  WorldGoal() {
    super("prosodyoci.packages.skip");
  }

  @Override
  protected final boolean isSkipped() {
    return skip;
  }

  final List<Dependency> world() {
    return packages.stream().map(String::strip).map(Dependency::parse).distinct().toList();
  }
}
