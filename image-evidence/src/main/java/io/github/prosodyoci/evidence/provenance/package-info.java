/** Where an image comes from: SLSA provenance, and why each of its sources is trusted. */
@NullMarked
package io.github.prosodyoci.evidence.provenance;

import org.jspecify.annotations.NullMarked;
