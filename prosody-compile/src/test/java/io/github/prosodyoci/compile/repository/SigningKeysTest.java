package io.github.prosodyoci.compile.repository;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.Signer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class SigningKeysTest {

  @TempDir private Path folder;

  @Test
  void signer_noneGiven_makesOneKeyForItsOwnerAlone() throws Exception {
    Signer first = SigningKeys.signer(Optional.empty(), folder);
    Signer second = SigningKeys.signer(Optional.empty(), folder);

    assertThat(second.publicKeyPem()).isEqualTo(first.publicKeyPem());
    assertThat(first.keyName()).isEqualTo("prosody-oci.rsa.pub");
    Path file = folder.resolve("keys/prosody-oci.rsa");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void signer_given_isNamedAfterItsFile() throws Exception {
    Path file = folder.resolve("me@example.org.rsa");
    Files.writeString(file, Signer.generate("x.pub", 2048).privateKeyPem());

    assertThat(SigningKeys.signer(Optional.of(file), folder).keyName())
        .isEqualTo("me@example.org.rsa.pub");
    assertThat(folder.resolve("keys")).doesNotExist();
  }

  @Test
  void signer_givenIsMissing_namesIt() {
    assertFails(
            CompileCode.SIGNING_KEY,
            () -> SigningKeys.signer(Optional.of(folder.resolve("no.rsa")), folder))
        .hasMessageContaining(folder.resolve("no.rsa").toString())
        .hasMessageContaining("-Dprosodyoci.signingKey");
  }

  @Test
  void signer_givenIsNoKey_saysSo() throws Exception {
    Path file = Files.writeString(folder.resolve("no.rsa"), "rubbish");

    assertThatThrownBy(() -> SigningKeys.signer(Optional.of(file), folder))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("no.rsa");
  }
}
