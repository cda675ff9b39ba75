package io.github.prosodyoci.image.maven;

import com.google.cloud.tools.jib.registry.RegistryAliasGroup;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.RegistryLogin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** The login that Maven's settings.xml holds for a registry. */
public final class SettingsLogin {

  private final Settings settings;
  private final SettingsDecrypter decrypter;

  /** Creates what finds logins in settings, whose passwords may be encrypted. */
  public SettingsLogin(Settings settings, SettingsDecrypter decrypter) {
    this.settings = settings;
    this.decrypter = decrypter;
  }

  /**
   * Returns the login that properties give, or else that of the server whose id is the registry.
   *
   * @throws FailureException if only one of the properties is set ({@code configuration})
   */
  public @Nullable RegistryLogin find(
      ImageName name, Optional<String> username, Optional<String> password) {
    if (username.isPresent() != password.isPresent()) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "log in",
              "to " + name.registry(),
              "only one of prosodyoci.auth.username and prosodyoci.auth.password is set")
          .expecting("both or none")
          .toException();
    }
    return username.isPresent()
        ? new RegistryLogin(username.get(), password.orElseThrow(), "prosodyoci.auth.username")
        : find(name);
  }

  /** Returns the login of the server whose id is the registry, with its port or without. */
  @Nullable RegistryLogin find(ImageName name) {
    for (String id : ids(name)) {
      Server server = settings.getServer(id);
      if (server != null && server.getUsername() != null) {
        Server plain = decrypter.decrypt(new DefaultSettingsDecryptionRequest(server)).getServer();
        return new RegistryLogin(
            plain.getUsername(),
            plain.getPassword() == null ? "" : plain.getPassword(),
            "server " + id + " of settings.xml");
      }
    }
    return null;
  }

  private static List<String> ids(ImageName name) {
    List<String> ids = new ArrayList<>(RegistryAliasGroup.getAliasesGroup(name.registry()));
    ids.add(name.registry().replaceFirst(":[0-9]+$", ""));
    return ids;
  }
}
