package io.github.prosodyoci.image;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why an image could not be made, pushed, pulled or copied. */
public enum ImageCode implements FailureCode {
  /** The list of layers is missing, or lists none. */
  NO_LAYERS("Run alpine-rootfs:layers first, or set prosodyoci.image.layersFile."),
  /** A layer file is missing, or differs from what the list says of it. */
  LAYER_MISMATCH("Make the layers again: mvn clean package."),
  /** The layers are for another platform. */
  PLATFORM_MISMATCH("Run the whole build with the same prosodyoci.platforms."),
  /** There is no such image in the registry, layout or archive. */
  IMAGE_NOT_FOUND("Check its name, tag and digest."),
  /** What a registry sent has another digest or size than it should. */
  DIGEST_MISMATCH("Try again; if it stays so, the registry or something before it is broken."),
  /** There is no archive, or no report of one. */
  NO_ARCHIVE("Run image-assemble:archive first, in the same mvn deploy."),
  /** The archive is not that of one image, or its content differs from its digests. */
  ARCHIVE_DAMAGED("Make the image again: mvn clean package."),
  /** The archive holds another image than the report says. */
  IMAGE_MISMATCH("Make the image again: mvn clean deploy."),
  /** A credential helper failed. */
  LOGIN_UNAVAILABLE("Log in again with docker login."),
  /** The registry asks for a login, and there is none. */
  LOGIN_REQUIRED(null),
  /** The registry does not accept the login. */
  LOGIN_REFUSED("Check name and password."),
  /** The registry does not let this user do that. */
  FORBIDDEN("Ask its administrator for access."),
  /** The registry answers with an error. */
  REGISTRY_ERROR("The registry's log may say more."),
  /** The registry's answer breaks the specification. */
  REGISTRY_PROTOCOL("Check that the address is that of a registry."),
  /** The registry asks for something that could give the login away. */
  REGISTRY_UNSAFE("Ask its administrator."),
  /** The registry has no trusted certificate, or no TLS. */
  UNTRUSTED_CERTIFICATE(
      "Add its authority to a trust store (MAVEN_OPTS=-Djavax.net.ssl.trustStore=…). In a network"
          + " where nobody else listens: -Dprosodyoci.allowInsecureRegistries."),
  /** The registry's host name has no address. */
  UNKNOWN_HOST("Check prosodyoci.image and the network."),
  /** The registry does not accept connections. */
  CONNECTION_REFUSED(
      "Check that the registry is running, its port, and whether a proxy is needed (<proxies> of"
          + " settings.xml)."),
  /** The registry does not answer in time. */
  TIMEOUT("Try again later."),
  /** The connection broke. */
  CONNECTION_FAILED("Try again; what was transferred is not transferred twice."),
  /** The registry shows another image under the tag after the push. */
  TAG_MISMATCH("Somebody else may have pushed the tag at the same time: push again.");

  private final @Nullable String advice;

  ImageCode(@Nullable String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.ofNullable(advice);
  }

  /** Returns the exception for a parameter of the image with a value that cannot be used. */
  static FailureException badParameter(String name, Object value, String right) {
    return Failure.of(
            CommonCode.CONFIGURATION,
            "use",
            "the image parameter " + name,
            "it is \"" + value + "\"")
        .expecting(right)
        .toException();
  }
}
