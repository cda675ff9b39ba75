package io.github.prosodyoci.image;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import java.nio.charset.StandardCharsets;

/** A manifest that Jib sends byte for byte, as it is stored in the archive. */
final class RawManifest implements ManifestTemplate {

  private final String json;

  RawManifest(byte[] json) {
    this.json = new String(json, StandardCharsets.UTF_8);
  }

  /** Returns the manifest, which Jackson copies as it stands. */
  @JsonValue
  @JsonRawValue
  public String json() {
    return json;
  }

  @JsonIgnore
  @Override
  public int getSchemaVersion() {
    return 2;
  }

  @JsonIgnore
  @Override
  public String getManifestMediaType() {
    return OciDocuments.MANIFEST_TYPE;
  }
}
