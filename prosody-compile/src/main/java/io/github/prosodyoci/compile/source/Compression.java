package io.github.prosodyoci.compile.source;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** The compressions of source archives; damage is a failure that names the archive. */
final class Compression {

  private final String archive;

  /** Creates it for an archive of some name. */
  Compression(String archive) {
    this.archive = archive;
  }

  /**
   * Returns the decompressed bytes of a stream.
   *
   * @param name the name of what is in the stream, whose ending is that of its compression
   * @throws FailureException with {@link CompileCode#SOURCE_ARCHIVE} if the ending is unknown or
   *     the data are damaged, now or when they are read
   */
  InputStream decompressed(InputStream in, String name) {
    InputStream guarded = new Guard(in);
    try {
      if (name.endsWith(".gz") || name.endsWith(".tgz")) {
        return new Guard(new GZIPInputStream(guarded, 1 << 16));
      } else if (name.endsWith(".bz2")) {
        return new Guard(new BZip2CompressorInputStream(guarded, true));
      } else if (name.endsWith(".xz")) {
        return new Guard(new XZInputStream(guarded));
      } else if (name.endsWith(".zst")) {
        return new Guard(new ZstdInputStream(guarded));
      } else if (name.endsWith(".tar")) {
        return guarded;
      }
    } catch (IOException e) {
      throw damaged(e);
    }
    throw Failure.of(
            CompileCode.SOURCE_ARCHIVE, "unpack", archive, "it has an unknown compression, " + name)
        .toException();
  }

  /** Returns a stream whose failures name the archive. */
  InputStream guarded(InputStream in) {
    return new Guard(in);
  }

  /** Returns the failure that a damaged archive is, or an interrupt. */
  FailureException damaged(Exception e) {
    if (e instanceof IOException io && FileFailures.isInterrupt(io)) {
      return FileFailures.interrupted("unpack", archive, io);
    }
    return new FailureException(
        Failure.of(CompileCode.SOURCE_ARCHIVE, "unpack", archive, Reasons.of(e)), e);
  }

  /** Distinguishes a failure to read the archive from a failure to write a file. */
  private final class Guard extends FilterInputStream {
    Guard(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException | MalformedInputException e) {
        throw damaged(e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException | MalformedInputException e) {
        throw damaged(e);
      }
    }
  }
}
