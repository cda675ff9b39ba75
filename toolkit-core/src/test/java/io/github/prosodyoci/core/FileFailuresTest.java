package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFailuresTest {

  private static final long PLENTY = 1L << 40;

  @TempDir private Path folder;

  private Failure failure(IOException cause, long usableSpace) {
    return FileFailures.of("build", "musl", folder, cause, path -> usableSpace).failure();
  }

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void of_interrupt_isOneAndIsSetAgain() {
    assertThat(failure(new ClosedByInterruptException(), 0).code())
        .isEqualTo(CommonCode.INTERRUPTED);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure(new InterruptedIOException(), 0).code()).isEqualTo(CommonCode.INTERRUPTED);
  }

  @Test
  void of_timeout_isNoInterrupt() {
    assertThat(failure(new SocketTimeoutException("read"), PLENTY).code())
        .isEqualTo(CommonCode.FILE_ACCESS);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void of_fullDisk_saysWhichAndWhatToDo() {
    Failure failure = failure(new IOException("write"), 0);
    assertThat(failure.code()).isEqualTo(CommonCode.DISK_FULL);
    assertThat(failure.message())
        .isEqualTo(
            "Could not build musl: the disk that holds "
                + folder
                + " is full (disk-full). Free some space, or choose another folder"
                + " (-Dprosodyoci.cache=<folder> for the cache). Nothing half-written was kept.");
  }

  @Test
  void of_deniedAccess_namesTheFile() {
    Path file = folder.resolve("file");
    Failure failure = failure(new AccessDeniedException(file.toString()), PLENTY);
    assertThat(failure.code()).isEqualTo(CommonCode.NOT_WRITABLE);
    assertThat(failure.found()).startsWith(file.toString());
  }

  @Test
  void of_anotherReason_isGivenWithTheFolder() {
    Failure failure = failure(new IOException("the device is gone"), PLENTY);
    assertThat(failure.code()).isEqualTo(CommonCode.FILE_ACCESS);
    assertThat(failure.found()).isEqualTo("the device is gone in " + folder);
  }
}
