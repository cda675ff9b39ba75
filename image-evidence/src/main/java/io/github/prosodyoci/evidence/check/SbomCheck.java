package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.input.ImageFile;
import io.github.prosodyoci.evidence.input.ImageFiles;
import io.github.prosodyoci.evidence.input.InstalledPackage;
import io.github.prosodyoci.evidence.provenance.Predicates;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Bom;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Hash;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks a bill of materials against the files and packages in the image's layers. */
public final class SbomCheck {

  private static final String SUBJECT = "sbom";

  private final SortedMap<String, String> listedFiles = new TreeMap<>();
  private final SortedSet<String> listedPackages = new TreeSet<>();
  private final List<Failure> failures = new ArrayList<>();

  /** Creates a check. */
  public SbomCheck() {}

  /**
   * Returns what was found.
   *
   * @param attestations the signed statements about the image
   * @param files the files of the image's layers
   */
  public Finding run(Attestations attestations, Digest image, ImageFiles files) {
    Attestations.Predicate<Bom> signed =
        attestations.require(SUBJECT, Predicates.CYCLONE_DX, Bom.class);
    Bom bom = signed.value();
    if (bom.metadata() == null || !isAbout(bom.metadata().component(), image)) {
      return Finding.refused(
          SUBJECT, List.of(failure("it describes another image").expecting(image.toString())));
    }
    Optional.ofNullable(bom.components()).orElse(List.of()).forEach(this::list);
    for (ImageFile file : files.files()) {
      String listed = listedFiles.remove("/" + file.path());
      if (listed == null) {
        failures.add(failure("it lacks the file /" + file.path()));
      } else if (!listed.equals(file.sha256().hex())) {
        failures.add(
            failure("the file /" + file.path() + " has the digest " + file.sha256().hex())
                .expecting(listed));
      }
    }
    listedFiles.keySet().forEach(path -> failures.add(failure("no layer has its file " + path)));
    for (InstalledPackage each : files.packages()) {
      if (!listedPackages.remove(each.nameAndVersion())) {
        failures.add(failure("it lacks the package " + each.nameAndVersion()));
      }
    }
    listedPackages.forEach(
        name -> failures.add(failure("the image does not have its package " + name)));
    return failures.isEmpty()
        ? Finding.good(
            SUBJECT,
            files.packages().size()
                + " packages and "
                + files.files().size()
                + " files, as in the layers; signed by "
                + signed.signer().name())
        // The first says enough: often one cause makes many.
        : Finding.refused(SUBJECT, failures.subList(0, 1));
  }

  /**
   * Returns what was found of the bill of materials of an index: whether its images are those that
   * it lists.
   *
   * @param attestations the signed statements about the index
   * @param images the digests of the images in the index
   */
  public static Finding index(Attestations attestations, Digest index, List<Digest> images) {
    Attestations.Predicate<Bom> signed =
        attestations.require(SUBJECT, Predicates.CYCLONE_DX, Bom.class);
    Bom bom = signed.value();
    if (bom.metadata() == null || !isAbout(bom.metadata().component(), index)) {
      return Finding.refused(
          SUBJECT, List.of(failure("it describes another index").expecting(index.toString())));
    }
    SortedSet<String> found = new TreeSet<>();
    images.forEach(each -> found.add(each.hex()));
    SortedSet<String> listed = new TreeSet<>();
    Optional.ofNullable(bom.components())
        .orElse(List.of())
        .forEach(part -> listed.add(sha256(part).orElse("none")));
    return listed.equals(found)
        ? Finding.good(
            SUBJECT, found.size() + " images, as in the index; signed by " + signed.signer().name())
        : Finding.refused(
            SUBJECT, List.of(failure("its images are " + listed).expecting(found.toString())));
  }

  private static boolean isAbout(Part component, Digest image) {
    return component != null
        && sha256(component).filter(hex -> hex.equals(image.hex())).isPresent();
  }

  private static Optional<String> sha256(Part part) {
    return Optional.ofNullable(part.hashes()).orElse(List.of()).stream()
        .filter(hash -> "SHA-256".equals(hash.alg()))
        .map(Hash::content)
        .findFirst();
  }

  private void list(Part part) {
    if ("excluded".equals(part.scope())) {
      return;
    }
    if ("file".equals(part.type())) {
      listedFiles.put(part.name(), sha256(part).orElse("none"));
    } else {
      listedPackages.add(part.name() + "-" + part.version());
      Optional.ofNullable(part.components()).orElse(List.of()).forEach(this::list);
    }
  }

  private static Failure failure(String found) {
    return Failure.of(EvidenceCode.SBOM_MISMATCH, "accept", "the bill of materials", found);
  }
}
