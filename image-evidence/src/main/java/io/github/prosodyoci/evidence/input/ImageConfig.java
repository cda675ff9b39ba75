package io.github.prosodyoci.evidence.input;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How containers of an image run (OCI image specification, config.md). */
public final class ImageConfig {

  private static final int MAX_CONFIG = 4 << 20;

  private ImageConfig() {}

  /** The document. */
  public record Document(@Nullable Run config) {}

  /** The field {@code config}. */
  public record Run(
      @JsonProperty("User") @Nullable String user,
      @JsonProperty("ExposedPorts") @Nullable Map<String, Object> ports,
      @JsonProperty("Env") @Nullable List<String> env,
      @JsonProperty("Entrypoint") @Nullable List<String> entrypoint,
      @JsonProperty("Cmd") @Nullable List<String> cmd,
      @JsonProperty("Volumes") @Nullable Map<String, Object> volumes,
      @JsonProperty("WorkingDir") @Nullable String workingDir,
      @JsonProperty("Labels") @Nullable Map<String, String> labels,
      @JsonProperty("StopSignal") @Nullable String stopSignal) {

    /** Returns the fields that are set, by the names that people know. */
    public SortedMap<String, String> fields() {
      SortedMap<String, String> fields = new TreeMap<>();
      put(fields, "User", user);
      put(fields, "Ports", ports == null ? null : String.join(", ", new TreeMap<>(ports).keySet()));
      put(fields, "Environment", env == null ? null : String.join(" ", env));
      put(fields, "Entrypoint", entrypoint == null ? null : String.join(" ", entrypoint));
      put(fields, "Command", cmd == null ? null : String.join(" ", cmd));
      put(
          fields,
          "Volumes",
          volumes == null ? null : String.join(", ", new TreeMap<>(volumes).keySet()));
      put(fields, "Working directory", workingDir);
      put(fields, "Stop signal", stopSignal);
      return fields;
    }

    private static void put(Map<String, String> fields, String name, @Nullable String value) {
      if (value != null && !value.isEmpty()) {
        fields.put(name, value);
      }
    }
  }

  /**
   * Returns the configuration in an archive of {@code image-assemble:archive}.
   *
   * @param digest the digest of the configuration
   * @throws io.github.prosodyoci.core.FailureException with {@link EvidenceCode#NO_REPORT} if the
   *     archive does not hold it
   * @throws IOException if the archive cannot be read
   */
  public static Run read(Path archive, Digest digest) throws IOException {
    if (Files.isRegularFile(archive)) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
        TarReader tar =
            new TarReader(in, "the image archive " + archive, TarReader.Dialect.ARCHIVE);
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
          if (entry.path().equals("blobs/sha256/" + digest.hex()) && entry.size() < MAX_CONFIG) {
            byte[] json = tar.content().readAllBytes();
            Run run =
                digest.equals(Digest.of(json))
                    ? Json.parse("the configuration", json, Document.class).config()
                    : null;
            if (run != null) {
              return run;
            }
          }
        }
      }
    }
    throw Failure.of(
            EvidenceCode.NO_REPORT,
            "read",
            "the image archive " + archive,
            "it does not hold the configuration " + digest)
        .toException();
  }
}
