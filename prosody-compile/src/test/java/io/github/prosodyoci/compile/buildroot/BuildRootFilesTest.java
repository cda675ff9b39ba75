package io.github.prosodyoci.compile.buildroot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildRootFilesTest {

  @TempDir private Path root;

  private Path program() throws Exception {
    return Files.writeString(Files.createDirectory(root.resolve("bin")).resolve("make"), "good");
  }

  @Test
  void difference_contentOfTheSameSizeAndTime_isFoundWithoutHashingAll() throws Exception {
    Path program = program();
    BuildRootFiles files = BuildRootFiles.of(root, 2);
    FileTime time = Files.getLastModifiedTime(program);
    Thread.sleep(20); // longer than the kernel's clock stands still
    Files.writeString(program, "evil");
    Files.setLastModifiedTime(program, time);

    assertThat(files.difference(root, false)).contains("bin/make");
  }

  @Test
  void difference_contentBehindAnUnchangedIdentity_isFoundByHashingAll() throws Exception {
    Path program = program();
    BuildRootFiles files = BuildRootFiles.of(root, 2);
    Files.writeString(program, "evil");
    // As root can do it, with the clock set back.
    BuildRootFiles fooled = files.identifiedIn(root);

    assertThat(fooled.difference(root, false)).isEmpty();
    assertThat(fooled.difference(root, true)).contains("bin/make");
  }

  @Test
  void difference_touchedButTheSame_isNone() throws Exception {
    Path program = program();
    BuildRootFiles files = BuildRootFiles.of(root, 2);
    Files.setLastModifiedTime(program, FileTime.fromMillis(5));

    assertThat(files.difference(root, false)).isEmpty();
  }

  @Test
  void difference_fileMissing_isFound() throws Exception {
    Path program = program();
    BuildRootFiles files = BuildRootFiles.of(root, 2);
    Files.delete(program);

    assertThat(files.difference(root, false)).contains("bin/make");
    assertThat(files.identifiedIn(root).difference(root, true)).contains("bin/make");
  }
}
