package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.packages.apk.PackageInfo;

/**
 * One package as an index lists it.
 *
 * @param info what it says of itself, as far as an index holds it
 * @param identity the checksum of its compressed control member, {@code Q1…}
 * @param size the size of its file in bytes
 * @param installable whether apk 2.14 could install it: not with a field that it does not know
 */
public record IndexEntry(PackageInfo info, String identity, long size, boolean installable) {}
