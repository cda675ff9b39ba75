package io.github.prosodyoci.it.container;

import java.net.InetSocketAddress;

/** A server in a container, whoever runs that. */
@FunctionalInterface
public interface Reachable {

  /** Returns where a port of the container is reached from this machine, open or not. */
  InetSocketAddress address(int port);
}
