package io.github.prosodyoci.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GzipTest {

  @Test
  void header_hasNoTimeNoNameAndNoSystem() throws IOException {
    byte[] member = compress("x".getBytes(StandardCharsets.UTF_8));
    assertThat(member).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255);
  }

  /** Fixes the encoding: a change here changes every digest and so needs a new encoding version. */
  @Test
  void golden_encodingIsTheSameForYears() throws IOException {
    byte[] text = "the same bytes, for years\n".repeat(5000).getBytes(StandardCharsets.UTF_8);
    assertThat(Digest.of(compress(text)))
        .hasToString("sha256:d3f152334d634e47375424c737154e6ed6adb384673beaa422a33fb1809a058a");
  }

  @Property(tries = 200)
  void compress_givesBackWhatWentIn(@ForAll byte[] content) throws IOException {
    byte[] back = new GZIPInputStream(new ByteArrayInputStream(compress(content))).readAllBytes();
    assertThat(back).isEqualTo(content);
  }

  @Property(tries = 200)
  void store_isAsLongForAnyContentOfTheSameLength(@ForAll byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.store(out)) {
      gzip.write(content);
    }
    ByteArrayOutputStream zeros = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.store(zeros)) {
      gzip.write(new byte[content.length]);
    }
    assertThat(out.size()).isEqualTo(zeros.size());
    assertThat(new GZIPInputStream(new ByteArrayInputStream(out.toByteArray())).readAllBytes())
        .isEqualTo(content);
  }

  private static byte[] compress(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.compress(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }
}
