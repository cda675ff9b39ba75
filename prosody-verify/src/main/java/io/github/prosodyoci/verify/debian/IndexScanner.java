package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.debian.Deb822;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.VerifyCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks files up in an uncompressed {@code Sources} or {@code Packages} index (deb-repository
 * format) in one pass, and keeps in memory only the stanzas that matter.
 */
public final class IndexScanner {

  private static final int MAX_STANZA = 8 << 20;
  private static final byte[] PACKAGE = field("Package");
  private static final byte[] FILENAME = field("Filename");

  private final Set<Origin.Debian> wanted;
  private final Set<String> keys;
  private final boolean binary;
  private final Consumer<Deb822> use;
  private final Map<Origin.Debian, Digest> found = new HashMap<>();
  private final ByteArrayOutputStream stanza = new ByteArrayOutputStream(1 << 16);
  private boolean interesting;

  private IndexScanner(Collection<Origin.Debian> wanted, boolean binary) {
    this.wanted = Set.copyOf(wanted);
    this.binary = binary;
    this.keys = new HashSet<>();
    wanted.forEach(file -> keys.add(binary ? file.file() : file.sourcePackage()));
    this.use = binary ? this::binaryPackage : this::sourcePackage;
  }

  private IndexScanner(Set<String> packages, Consumer<Deb822> use) {
    this.wanted = Set.of();
    this.keys = packages;
    this.binary = false;
    this.use = use;
  }

  private static byte[] field(String name) {
    return (name + ": ").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns the digests of those wanted files that an index lists.
   *
   * @param binary whether it is a {@code Packages} index
   * @throws FailureException with {@link VerifyCode#INDEX_CHAIN} if it is malformed, or lists a
   *     wanted file with two digests
   * @throws IOException if it cannot be read
   */
  public static Map<Origin.Debian, Digest> scan(
      InputStream index, Collection<Origin.Debian> wanted, boolean binary) throws IOException {
    IndexScanner scanner = new IndexScanner(wanted, binary);
    scanner.read(index);
    return scanner.found;
  }

  /**
   * Returns the stanzas of some packages, in the order of the index: of source packages in a {@code
   * Sources} index, of binary packages in a {@code Packages} index.
   *
   * @throws FailureException with {@link VerifyCode#INDEX_CHAIN} if it is malformed
   * @throws IOException if it cannot be read
   */
  public static List<Deb822> stanzas(InputStream index, Set<String> packages) throws IOException {
    List<Deb822> stanzas = new ArrayList<>();
    new IndexScanner(packages, stanzas::add).read(index);
    return stanzas;
  }

  private void read(InputStream index) throws IOException {
    byte[] buffer = new byte[1 << 16];
    byte[] line = new byte[1 << 10];
    int length = 0;
    for (int n = index.read(buffer); n >= 0; n = index.read(buffer)) {
      int start = 0;
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          if (length == 0) {
            line(buffer, start, i - start);
          } else {
            line = append(line, length, buffer, start, i - start);
            line(line, 0, length + i - start);
            length = 0;
          }
          start = i + 1;
        }
      }
      line = append(line, length, buffer, start, n - start);
      length += n - start;
    }
    if (length > 0) {
      line(line, 0, length);
    }
    endOfStanza();
  }

  private static byte[] append(byte[] line, int length, byte[] from, int start, int count) {
    if (length + count > MAX_STANZA) {
      throw VerifyCode.INDEX_CHAIN.failure("it has an overlong line");
    }
    byte[] target = line;
    if (length + count > line.length) {
      target = Arrays.copyOf(line, Math.max(line.length * 2, length + count));
    }
    System.arraycopy(from, start, target, length, count);
    return target;
  }

  private void line(byte[] bytes, int start, int length) {
    if (length == 0) {
      endOfStanza();
      return;
    }
    byte[] prefix = binary ? FILENAME : PACKAGE;
    if (startsWith(bytes, start, length, prefix)) {
      String value =
          new String(bytes, start + prefix.length, length - prefix.length, StandardCharsets.UTF_8);
      interesting |= keys.contains(value.substring(value.lastIndexOf('/') + 1).strip());
    }
    if (stanza.size() + length > MAX_STANZA) {
      throw VerifyCode.INDEX_CHAIN.failure("it has an overlong stanza");
    }
    stanza.write(bytes, start, length);
    stanza.write('\n');
  }

  private static boolean startsWith(byte[] bytes, int start, int length, byte[] prefix) {
    if (length < prefix.length || bytes[start] != prefix[0]) {
      return false;
    }
    for (int i = 1; i < prefix.length; i++) {
      if (bytes[start + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private void endOfStanza() {
    if (interesting) {
      use.accept(
          Deb822.parse(stanza.toString(StandardCharsets.UTF_8), VerifyCode.INDEX_CHAIN::failure));
    }
    interesting = false;
    stanza.reset();
  }

  private void sourcePackage(Deb822 fields) {
    String name = fields.find("Package").orElse("");
    for (String[] row : fields.rows("Checksums-Sha256")) {
      if (row.length == 3) {
        match(name, row[2], row[0]);
      }
    }
  }

  private void binaryPackage(Deb822 fields) {
    String path = fields.find("Filename").orElse("");
    String source =
        fields.find("Source").or(() -> fields.find("Package")).orElse("").replaceAll(" .*", "");
    match(source, path.substring(path.lastIndexOf('/') + 1), fields.find("SHA256").orElse(""));
  }

  private void match(String sourcePackage, String file, String sha256) {
    for (Origin.Debian origin : wanted) {
      if (!origin.file().equals(file) || !origin.sourcePackage().equals(sourcePackage)) {
        continue;
      }
      Digest digest = digest(file, sha256);
      Digest other = found.put(origin, digest);
      if (other != null && !other.equals(digest)) {
        throw VerifyCode.INDEX_CHAIN.failure("it lists " + file + " with two digests");
      }
    }
  }

  private static Digest digest(String file, String sha256) {
    try {
      return new Digest(sha256);
    } catch (IllegalArgumentException e) {
      throw VerifyCode.INDEX_CHAIN.failure("it lists " + file + " without a SHA-256");
    }
  }
}
