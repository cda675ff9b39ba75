package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ImageArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the projects in examples/ made, which maven-invoker-plugin has built just before. */
class ExamplesIT {

  private static final Path EXAMPLES = Path.of("target/examples");

  @Test
  void ownImage_run_doesWhatItsRecipeIsFor() {
    ImageArchive image =
        ImageArchive.open(EXAMPLES.resolve("own-image/target/figlet-linux-amd64.tar"));

    try (Container container = image.container().readOnly().cmd("Hi").start()) {
      assertThat(container.awaitExit(Duration.ofSeconds(5))).isZero();
      assertThat(container.log().text()).contains("|_| |_|_|");
    }
  }

  @Test
  void verifiedDownload_report_saysWhoSigned() throws IOException {
    Path report = EXAMPLES.resolve("verified-download/target/verification.json");

    assertThat(new JsonMapper().readTree(report.toFile()).toString())
        .contains("lua-5.4.7.tar.gz")
        .contains("musl-1.2.5.tar.gz")
        .contains("836489290BB6B70F99FFDA0556BCDB593020450F");
  }
}
