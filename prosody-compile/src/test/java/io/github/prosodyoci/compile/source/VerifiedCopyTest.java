package io.github.prosodyoci.compile.source;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifiedCopyTest {

  private static final Digest GOOD = Digest.of("good".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path folder;
  private Path original;
  private Path copy;

  @BeforeEach
  void write() throws IOException {
    original = Files.writeString(folder.resolve("original"), "good");
    copy = folder.resolve("copy");
  }

  @Test
  void of_expectedContent_isCopiedAndReadFromItsBeginningEachTime() throws IOException {
    try (VerifiedCopy verified = VerifiedCopy.of(original, copy, GOOD)) {
      assertThat(new String(verified.content().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("good");
      assertThat(new String(verified.content().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("good");
    }
    assertThat(copy).hasContent("good");
  }

  @Test
  void of_otherContent_isRefusedAndLeavesNothing() throws IOException {
    Files.writeString(original, "evil");

    assertFails(CompileCode.SOURCE_CHANGED, () -> VerifiedCopy.of(original, copy, GOOD))
        .hasMessageContaining("Could not use " + original)
        .hasMessageContaining("; expected " + GOOD)
        .hasMessageContaining("it has " + Digest.of(original))
        .hasMessageContaining("(source-changed)");
    assertThat(copy).doesNotExist();
  }

  @Test
  void content_originalAndCopySwappedAfterwards_isWhatWasHashed() throws IOException {
    try (VerifiedCopy verified = VerifiedCopy.of(original, copy, GOOD)) {
      for (Path place : new Path[] {original, copy}) {
        Path evil = Files.writeString(folder.resolve("evil"), "evil");
        Files.move(evil, place, StandardCopyOption.REPLACE_EXISTING);
      }

      assertThat(new String(verified.content().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("good");
    }
  }

  @Test
  void of_placeTakenByALink_isRefusedAndLeavesTheLinksTargetAlone() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "untouched");
    Files.createSymbolicLink(copy, outside);

    assertThatThrownBy(() -> VerifiedCopy.of(original, copy, GOOD))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(outside).hasContent("untouched");
  }
}
