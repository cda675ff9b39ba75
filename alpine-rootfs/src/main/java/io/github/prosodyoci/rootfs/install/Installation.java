package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.install.FileTree.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The image's file system as it grows, package by package and layer by layer, with what scripts and
 * triggers would add to it.
 */
final class Installation {

  /** The most bytes of a file whose content matters to others: accounts, certificates, applets. */
  private static final int MAX_NOTED = 1 << 20;

  private final Optional<BaseRoot> base;
  private final long latest;
  private final Layout layout;
  private final FileTree tree;
  private final BusyboxLinks links;
  private final List<InstalledPackage> packages = new ArrayList<>();
  private final List<SortedMap<String, PackageFile>> layers = new ArrayList<>();
  private final ScriptEffects effects;
  private final Accounts accounts;
  private final CertificateFolder certificates = new CertificateFolder();

  private final AccountFiles accountFiles;
  private final HomeFolders homes;
  private final Set<BasePackage> taken = new HashSet<>();
  private boolean certificatesChanged;

  /**
   * Creates the file system that layers go on.
   *
   * @param base what is there already
   */
  Installation(InstallRequest request, Optional<BaseRoot> base) {
    this.base = base;
    latest = request.timestamp().getEpochSecond();
    layout = base.map(BaseRoot::layout).orElse(request.layout());
    tree = new FileTree(layout, base);
    homes = new HomeFolders(tree, layout, latest);
    links = new BusyboxLinks(layout);
    effects = new ScriptEffects(request.waivedScripts());
    accountFiles = new AccountFiles(request.timestamp());
    accounts = accountFiles.accounts();
    base.ifPresent(this::load);
  }

  private void load(BaseRoot root) {
    accountFiles.load(root);
    for (String path : root.files().contents()) {
      if (CertificateFolder.isCertificate(path)) {
        certificates.add(path, root.files().content(path).orElseThrow());
      }
    }
  }

  FileTree tree() {
    return tree;
  }

  /** Returns the packages in the order in which they were installed. */
  List<InstalledPackage> packages() {
    return Collections.unmodifiableList(packages);
  }

  /** Returns what a layer holds beside its packages' files, and instead of some of them. */
  SortedMap<String, PackageFile> files(int layer) {
    return layers.get(layer);
  }

  List<RootfsReport.Script> scripts() {
    return effects.outcomes();
  }

  /**
   * Adds a package.
   *
   * @throws IOException if its file cannot be read
   * @throws FailureException if it cannot be trusted, laid down, or one of its scripts is not known
   */
  void add(InstalledPackage added) throws IOException {
    Optional<BasePackage> old = base.flatMap(root -> root.find(added.name()));
    List<ScriptType> due = old.isEmpty() ? ScriptEffects.AT_INSTALL : ScriptEffects.AT_UPGRADE;
    Apk apk = added.apk();
    List<ScriptType> first = List.of(ScriptType.PRE_INSTALL, ScriptType.PRE_UPGRADE);
    ScriptEffects.Target before = new ScriptEffects.Target(accounts, homes, false);
    for (ScriptType type : first) {
      effects.apply(apk.info(), apk.scripts(), type, due, before);
    }
    old.ifPresent(this::take);
    int known = links.lists();
    added.visit(
        (entry, checksum, content) -> {
          TarEntry resolved = withNumbers(entry);
          if (tree.add(added, resolved, checksum)) {
            note(added.placed(resolved), content);
          }
        });
    ScriptEffects.Target after = new ScriptEffects.Target(accounts, homes, links.lists() > known);
    for (ScriptType type : ScriptType.values()) {
      if (!first.contains(type)) {
        effects.apply(apk.info(), apk.scripts(), type, due, after);
      }
    }
    packages.add(added);
  }

  /**
   * Removes a package of the base image.
   *
   * @throws FailureException if one of its scripts is not known
   */
  void remove(BasePackage old) {
    Map<ScriptType, String> scripts = base.orElseThrow().scripts(old);
    ScriptEffects.Target target = new ScriptEffects.Target(accounts, homes, false);
    for (ScriptType type : ScriptEffects.AT_REMOVAL) {
      effects.apply(old.info(), scripts, type, ScriptEffects.AT_REMOVAL, target);
    }
    take(old);
  }

  private void take(BasePackage old) {
    tree.base().orElseThrow().remove(old, tree);
    taken.add(old);
  }

  /**
   * Does what triggers of the base's packages do, whose folders were changed.
   *
   * @throws FailureException if one is not known
   */
  void trigger() {
    for (BasePackage each : staying()) {
      BaseRoot root = base.orElseThrow();
      if (tree.base().orElseThrow().touches(root.watched(each))) {
        effects.apply(
            each.info(),
            root.scripts(each),
            ScriptType.TRIGGER,
            ScriptEffects.AT_CHANGE,
            new ScriptEffects.Target(accounts, homes, true));
      }
    }
  }

  /** Returns the packages of the base image that stay. */
  List<BasePackage> staying() {
    return base.stream()
        .flatMap(root -> root.packages().stream())
        .filter(each -> !taken.contains(each))
        .toList();
  }

  /** Gives an entry the numbers that its owner's names have in the image, as apk does. */
  private TarEntry withNumbers(TarEntry entry) {
    return entry.withOwner(
        accounts.user(entry.userName()).orElse(entry.uid()),
        accounts.group(entry.groupName()).orElse(entry.gid()),
        "",
        "");
  }

  private void note(TarEntry entry, InputStream content) throws IOException {
    String path = entry.path();
    boolean account = Accounts.isAccountFile(path);
    boolean certificate = CertificateFolder.isCertificate(path);
    boolean link = links.isSource(path);
    if (entry.type() != TarEntry.Type.FILE || !(account || certificate || link)) {
      return;
    }
    byte[] bytes = content.readNBytes(MAX_NOTED + 1);
    if (bytes.length > MAX_NOTED) {
      throw Failure.of(
              ArchiveCode.LIMIT, "use", "/" + path, "it has more than " + MAX_NOTED + " bytes")
          .toException();
    }
    if (account) {
      accountFiles.load(path, bytes);
    } else if (certificate) {
      certificates.add(path, bytes);
      certificatesChanged = true;
    } else {
      links.load(path, bytes);
    }
  }

  /**
   * Ends a layer: adds files as they are, and what scripts and triggers would have made.
   *
   * @param folders whose content is added
   * @throws IOException if a file cannot be read
   */
  void endLayer(List<Path> folders) throws IOException {
    SortedMap<String, PackageFile> files = new TreeMap<>(EntryPath.ORDER);
    if (layers.isEmpty()) {
      for (String link : layout.links()) {
        if (tree.find(link).isEmpty()) {
          files.put(link, PackageFile.of(TarEntry.symlink(link, "usr/" + link, latest)));
        }
      }
    }
    layers.add(files);
    for (Path folder : folders) {
      new FolderFiles(tree, layout, latest).add(folder, files, this::note);
    }
    for (String home : homes.take()) {
      tree.find(home).ifPresent(node -> files.put(home, PackageFile.of(node.entry())));
    }
    links
        .take()
        .forEach(
            (path, program) -> {
              if (tree.find(path).isEmpty() && !files.containsKey(path)) {
                files.put(path, PackageFile.of(TarEntry.symlink(path, program, latest)));
              }
            });
    if (certificatesChanged) {
      certificates
          .files(latest)
          .forEach(
              file -> {
                String path = file.entry().path();
                if (!path.equals(CertificateFolder.SHORTCUT) || tree.find(path).isEmpty()) {
                  files.put(path, file);
                }
              });
      certificatesChanged = false;
    }
    accountFiles.changed(tree).forEach(file -> files.put(file.entry().path(), file));
    files.keySet().forEach(this::refuseHardLinked);
    if (tree.base().isPresent()) {
      BaseChanges changes = tree.base().get();
      for (PackageFile file : List.copyOf(files.values())) {
        if (changes.holds(file)) {
          files.remove(file.entry().path());
        } else {
          changes.touch(file.entry().path());
        }
      }
      for (PackageFile whiteout : changes.whiteouts(tree, files.keySet(), latest)) {
        files.put(whiteout.entry().path(), whiteout);
      }
    }
  }

  /** The links to a file that is replaced in their own layer would lead to the new one. */
  private void refuseHardLinked(String path) {
    Optional<Owner> owner = tree.find(path).flatMap(Node::brought);
    if (tree.isHardLinked(path) && owner.isPresent() && owner.get().layer() == layers.size() - 1) {
      throw Failure.of(
              RootfsCode.FILE_CONFLICT,
              "replace",
              "/" + path,
              owner.get().info().nameVersion() + " has hard links to it in the same layer")
          .advising("Bring the file by <files> in a layer above, or leave it as it is.")
          .toException();
    }
  }

  /**
   * Adds generated files to the topmost layer, but for those that the base has already.
   *
   * @throws IOException never, as all is in memory
   */
  void addToLast(List<PackageFile> generated) throws IOException {
    for (PackageFile file : generated) {
      TarEntry entry = layout.place(file.entry());
      PackageFile placed = new PackageFile(entry, file.content());
      if (tree.base().isPresent() && tree.base().get().holds(placed)) {
        continue;
      }
      layers.get(layers.size() - 1).put(entry.path(), placed);
    }
  }
}
