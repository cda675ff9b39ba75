/**
 * What an auditor of an image gets: bills of materials, statements on vulnerabilities, provenance,
 * signatures, and their verification.
 */
@NullMarked
package io.github.prosodyoci.evidence;

import org.jspecify.annotations.NullMarked;
