package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIdentityTest {

  @TempDir private Path folder;

  @Test
  void identity_fileIsOnlyRead_staysTheSame() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    String before = FileIdentity.of(file);

    assertThat(file).hasContent("content");
    assertThat(FileIdentity.of(file)).isEqualTo(before);
  }

  @Test
  void identity_otherContentOfTheSameSizeAndTime_differs() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    FileTime time = Files.getLastModifiedTime(file);
    String before = FileIdentity.of(file);
    Thread.sleep(20); // longer than the kernel's clock stands still

    Files.writeString(file, "CONTENT");
    Files.setLastModifiedTime(file, time);

    assertThat(FileIdentity.of(file)).isNotEqualTo(before);
  }

  @Test
  void identity_fileIsReplacedByALink_differs() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    String before = FileIdentity.of(file);

    Path moved = Files.move(file, folder.resolve("moved"));
    Files.createSymbolicLink(file, moved);

    assertThat(FileIdentity.of(file)).isNotEqualTo(before);
  }
}
