package io.github.prosodyoci.maven;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.RemoteRepository;

/** The proxies of Maven's settings; where these name none, those of the JDK's own settings. */
public final class SettingsProxies extends ProxySelector {

  private final RepositorySystemSession session;

  /** Creates it for a build. */
  public SettingsProxies(RepositorySystemSession session) {
    this.session = session;
  }

  @Override
  public List<Proxy> select(URI address) {
    RemoteRepository asked =
        new RemoteRepository.Builder("prosody-oci", "default", address.toString()).build();
    org.eclipse.aether.repository.Proxy proxy = session.getProxySelector().getProxy(asked);
    if (proxy != null) {
      return List.of(
          new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), proxy.getPort())));
    }
    ProxySelector standard = ProxySelector.getDefault();
    return standard == null ? List.of(Proxy.NO_PROXY) : standard.select(address);
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    // the answer of the origin says so
  }
}
