package io.github.prosodyoci.evidence.page;

import io.github.prosodyoci.evidence.inventory.Subject;

/** The part of a page that says how to check the image. */
final class VerifySection {

  private final Subject image;

  VerifySection(Subject image) {
    this.image = image;
  }

  void addTo(Html html) {
    String reference = "REGISTRY/" + image.name() + "@" + image.digest();
    html.heading("verify", "How to verify");
    html.paragraph(
        "The digest above names every byte of the image. A registry, an archive or a build of"
            + " yours that shows the same digest has the same image.");
    html.paragraph("Signature, provenance and contents, against the publisher's public key:");
    html.raw("<pre>")
        .text(
            "mvn io.github.prosodyoci:image-evidence:verify -Dprosodyoci.verifyImage.keys=publisher.pub"
                + " \\\n  -Dprosodyoci.image="
                + reference)
        .raw("</pre>\n");
    html.paragraph("The signature with cosign, an independent program:");
    html.raw("<pre>")
        .text("cosign verify --key publisher.pub --insecure-ignore-tlog=true " + reference)
        .raw("</pre>\n");
    html.paragraph("Or build it again, and compare the digests: mvn package");
  }
}
