/** Bills of materials: CycloneDX 1.6 and SPDX 2.3. */
@NullMarked
package io.github.prosodyoci.evidence.sbom;

import org.jspecify.annotations.NullMarked;
