/** Statements on vulnerabilities: OpenVEX 0.2.0 and CycloneDX 1.6. */
@NullMarked
package io.github.prosodyoci.evidence.vex;

import org.jspecify.annotations.NullMarked;
