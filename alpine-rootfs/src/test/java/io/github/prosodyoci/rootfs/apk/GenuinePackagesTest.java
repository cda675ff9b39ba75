package io.github.prosodyoci.rootfs.apk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.rootfs.Alpine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenuinePackagesTest {

  @Test
  void allPackages_verifyWithTheSha1Exception() throws IOException {
    List<Path> packages = Alpine.packages();
    assertThat(packages).hasSize(100);
    TrustedKeys keys = Alpine.keys();
    for (Path file : packages) {
      Apk apk = Apk.read(file, keys);
      apk.verify();
      assertThat(apk.info().fileName()).isEqualTo(file.getFileName().toString());
    }
  }
}
