package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.Credentials;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.AuthenticationContext;
import org.eclipse.aether.repository.RemoteRepository;
import org.jspecify.annotations.Nullable;

/**
 * The logins of Maven's settings, decrypted: of the {@code <server>} whose id is {@code host:port}
 * or {@code host}, and of the {@code <proxy>} in use.
 */
public final class SettingsCredentials implements Credentials {

  private final RepositorySystemSession session;

  /** Creates it for a build. */
  public SettingsCredentials(RepositorySystemSession session) {
    this.session = session;
  }

  @Override
  public Optional<Login> server(URI address) {
    return Stream.of(address.getAuthority(), address.getHost())
        .distinct()
        .flatMap(id -> withId(id, address).stream())
        .findFirst();
  }

  private Optional<Login> withId(String id, URI address) {
    RemoteRepository asked =
        new RemoteRepository.Builder(id, "default", address.toString()).build();
    RemoteRepository known =
        new RemoteRepository.Builder(asked)
            .setAuthentication(session.getAuthenticationSelector().getAuthentication(asked))
            .build();
    return login(AuthenticationContext.forRepository(session, known));
  }

  @Override
  public Optional<Login> proxy(URI address) {
    RemoteRepository asked =
        new RemoteRepository.Builder("prosody-oci", "default", address.toString()).build();
    RemoteRepository proxied =
        new RemoteRepository.Builder(asked)
            .setProxy(session.getProxySelector().getProxy(asked))
            .build();
    return login(AuthenticationContext.forProxy(session, proxied));
  }

  private static Optional<Login> login(@Nullable AuthenticationContext context) {
    try (context) {
      String user = context == null ? null : context.get(AuthenticationContext.USERNAME);
      String password = context == null ? null : context.get(AuthenticationContext.PASSWORD);
      return user == null || password == null
          ? Optional.empty()
          : Optional.of(new Login(user, password));
    }
  }
}
