package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.PackageCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the parts before a package's files. */
final class ApkReader {

  /** The most bytes of a control or signature member, compressed or not. */
  static final int MAX_CONTROL = 10 << 20;

  /** The most bytes of a text in it; Alpine's largest has some 30 000. */
  private static final int MAX_TEXT = 1 << 20;

  private static final String SIGNATURE = ".SIGN.";

  private ApkReader() {}

  static Apk read(Path file, Optional<TrustedKeys> keys) throws IOException {
    String where = file.toString();
    try (GzipMembers members = new GzipMembers(file)) {
      ByteArrayOutputStream raw = new ByteArrayOutputStream();
      byte[] control = members.readAll(raw::write, MAX_CONTROL);
      List<TrustedKeys.Found> signatures = List.of();
      if (Signatures.isSignature(control)) {
        signatures = Signatures.read(control, where);
        raw.reset();
        control = members.readAll(raw::write, MAX_CONTROL);
      }
      byte[] signed = raw.toByteArray();
      Optional<String> signature = Optional.empty();
      if (keys.isPresent()) {
        signature = Optional.of(keys.get().verify(signatures, signed, where));
      }
      Control read = control(control, where);
      return new Apk(
          file,
          read.info.info(),
          read.scripts,
          Checksums.q1(signed),
          read.info.dataHash(),
          members.offset(),
          Files.size(file),
          signature);
    }
  }

  private record Control(PkgInfo.Content info, Map<ScriptType, String> scripts) {}

  private static Control control(byte[] content, String where) throws IOException {
    TarReader tar =
        new TarReader(new ByteArrayInputStream(content), where, TarReader.Dialect.SEGMENT);
    PkgInfo.Content info = null;
    Map<ScriptType, String> scripts = new EnumMap<>(ScriptType.class);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String path = entry.path();
      Optional<ScriptType> script =
          path.startsWith(".") ? ScriptType.of(path.substring(1)) : Optional.empty();
      boolean good = entry.type() == TarEntry.Type.FILE;
      if (path.equals(".PKGINFO")) {
        good &= info == null && scripts.isEmpty();
        info = PkgInfo.parse(text(tar, where), where);
      } else if (script.isPresent()) {
        good &= info != null && scripts.put(script.get(), text(tar, where)) == null;
      } else {
        // Others are for other programs, such as .melange.yaml; apk passes over them.
        good &= path.startsWith(".") && path.indexOf('/') < 0 && !path.startsWith(SIGNATURE);
      }
      if (!good) {
        throw bad(where, Reasons.printable(path) + " stands where it should not be");
      }
    }
    if (info == null) {
      throw bad(where, "it has no .PKGINFO");
    }
    return new Control(info, scripts);
  }

  private static String text(TarReader tar, String where) throws IOException {
    byte[] bytes = tar.content().readNBytes(MAX_TEXT + 1);
    if (bytes.length > MAX_TEXT) {
      throw Failure.of(
              PackageCode.LIMIT,
              "read",
              "the control part of " + where,
              "a text in it has more than " + MAX_TEXT + " bytes")
          .toException();
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw bad(where, "a text in it is not UTF-8");
    }
  }

  private static FailureException bad(String where, String reason) {
    return Failure.of(PackageCode.APK_FORMAT, "read", "the control part of " + where, reason)
        .toException();
  }
}
