package io.github.prosodyoci.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompileExceptionTest {

  @TempDir private Path folder;

  @Test
  void io_fullDisk_namesTheFileThatCouldNotBeWritten() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Path target = Files.createDirectory(folder.resolve("target"));
    // In the words of whatever language the kernel's errors are in.
    IOException full =
        new FileSystemException(target.resolve("x").toString(), null, "Disque plein");

    assertThat(
            CompileException.io(
                "write", cache, full, path -> path.startsWith(target) ? 0 : 1 << 30))
        .hasMessage(
            "Could not write: the disk that holds "
                + target.resolve("x")
                + " is full. Free some space, or choose another folder (-Dprosodyoci.cache=<folder>"
                + " for the cache). Nothing half-written was kept.");
  }

  @Test
  void io_fullDiskWithoutAFileName_namesTheFolderThatWasWritten() {
    IOException full = new IOException("No space left on device");

    assertThat(CompileException.io("write", folder.resolve("new/target"), full, path -> 0))
        .hasMessageContaining("the disk that holds " + folder.resolve("new/target") + " is full");
  }

  @Test
  void io_enoughSpace_isNotCalledFull() {
    IOException other = new IOException("No space left on device, or so it says");

    assertThat(CompileException.io("write", folder, other, path -> 1 << 30))
        .hasMessage("Could not write: No space left on device, or so it says (in " + folder + ")");
  }

  @Test
  void io_accessDenied_saysWhatIsNotWritable() {
    assertThat(
            CompileException.io(
                "write", folder, new AccessDeniedException(folder.resolve("x").toString())))
        .hasMessageContaining(folder.resolve("x") + " is not writable for this user");
  }
}
