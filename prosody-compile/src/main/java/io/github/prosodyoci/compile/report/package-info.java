/** What a build tells people and programs: kinds of failure, progress, the report. */
@NullMarked
package io.github.prosodyoci.compile.report;

import org.jspecify.annotations.NullMarked;
