package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.install.FileTree.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The image's file system as it grows, package by package and layer by layer, with what scripts and
 * triggers would add to it.
 */
final class Installation {

  /** The most bytes of a file whose content matters to others: accounts, certificates, applets. */
  private static final int MAX_NOTED = 1 << 20;

  private final long latest;
  private final Layout layout;
  private final FileTree tree;
  private final BusyboxLinks links;
  private final List<InstalledPackage> packages = new ArrayList<>();
  private final List<SortedMap<String, PackageFile>> layers = new ArrayList<>();
  private final ScriptEffects effects;
  private final Accounts accounts;
  private final CertificateFolder certificates = new CertificateFolder();

  /** The account files as they are in the tree, to tell whether they were changed. */
  private final Map<String, byte[]> accountFiles = new TreeMap<>();

  /** The home folders that this layer's scripts make. */
  private final Set<String> homes = new TreeSet<>();

  private boolean certificatesChanged;

  Installation(InstallRequest request) {
    latest = request.timestamp().getEpochSecond();
    layout = request.layout();
    tree = new FileTree(layout);
    links = new BusyboxLinks(layout);
    effects = new ScriptEffects(request.waivedScripts());
    accounts = new Accounts(request.timestamp());
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
    ScriptEffects.Target before = new ScriptEffects.Target(accounts, this::giveHome, false);
    effects.apply(added.apk(), ScriptType.PRE_INSTALL, before);
    int known = links.lists();
    added.visit(
        (entry, checksum, content) -> {
          TarEntry resolved = withNumbers(entry);
          if (tree.add(added, resolved, checksum)) {
            note(added.placed(resolved), content);
          }
        });
    ScriptEffects.Target after =
        new ScriptEffects.Target(accounts, this::giveHome, links.lists() > known);
    for (ScriptType type : ScriptType.values()) {
      if (type != ScriptType.PRE_INSTALL) {
        effects.apply(added.apk(), type, after);
      }
    }
    packages.add(added);
  }

  private void giveHome(String path, int uid, int gid) {
    String place = layout.place(path);
    // A device where it is one; images have none.
    if (!place.equals("dev/null")) {
      tree.giveHome(place, uid, gid, latest).ifPresent(homes::add);
    }
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
      accounts.load(path, bytes);
      accountFiles.put(path, bytes);
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
      addFolder(folder, files);
    }
    for (String home : homes) {
      tree.find(home).ifPresent(node -> files.put(home, PackageFile.of(node.entry())));
    }
    homes.clear();
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
    accounts
        .contents()
        .forEach(
            (path, content) -> {
              if (!Arrays.equals(content, accountFiles.get(path))) {
                accountFiles.put(path, content);
                files.put(path, PackageFile.of(accountEntry(path, content.length), content));
              }
            });
    files.keySet().forEach(this::refuseHardLinked);
  }

  /** The links to a file that is replaced in their own layer would lead to the new one. */
  private void refuseHardLinked(String path) {
    Optional<InstalledPackage> owner = tree.find(path).flatMap(node -> node.brought());
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

  private TarEntry accountEntry(String path, int size) {
    return tree.find(path)
        .map(Node::entry)
        .map(
            old ->
                TarEntry.file(path, old.mode(), size, latest)
                    .withOwner(old.uid(), old.gid(), "", ""))
        .orElseGet(
            () -> TarEntry.file(path, path.equals(Accounts.SHADOW) ? 0640 : 0644, size, latest));
  }

  /** Adds generated files to the topmost layer. */
  void addToLast(List<PackageFile> generated) {
    for (PackageFile file : generated) {
      TarEntry entry = layout.place(file.entry());
      layers.get(layers.size() - 1).put(entry.path(), new PackageFile(entry, file.content()));
    }
  }

  /** Adds a folder's content: owned by root, modes by whether the owner may execute a file. */
  private void addFolder(Path folder, SortedMap<String, PackageFile> files) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "lay down",
              "the files of " + folder,
              "there is no such folder")
          .advising("Correct <files> in <layer>.")
          .toException();
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.filter(path -> !path.equals(folder)).sorted().toList();
    }
    for (Path file : paths) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      EntryPath.check(name, folder.toString());
      boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
      String path =
          isFolder
              ? layout.place(TarEntry.directory(name, 0755, latest)).path()
              : layout.place(name);
      boolean wasFolder = tree.find(path).map(Node::isFolder).orElse(isFolder);
      if (isFolder != wasFolder) {
        throw Failure.of(
                RootfsCode.FILE_CONFLICT,
                "lay down",
                file.toString(),
                "a package has /" + path + (wasFolder ? " as a folder" : ", which is not a folder"))
            .advising("Choose another name.")
            .toException();
      }
      if (isFolder) {
        if (tree.find(path).isEmpty()) {
          TarEntry entry = TarEntry.directory(path, 0755, latest);
          tree.makeFolder(entry);
          files.put(path, PackageFile.of(entry));
        }
      } else if (Files.isSymbolicLink(file)) {
        String target = Files.readSymbolicLink(file).toString();
        files.put(path, PackageFile.of(TarEntry.symlink(path, target, latest)));
      } else {
        TarEntry entry =
            TarEntry.file(path, isExecutable(file) ? 0755 : 0644, Files.size(file), latest);
        files.put(path, PackageFile.of(entry, file));
        try (InputStream content = Files.newInputStream(file)) {
          note(entry, content);
        }
      }
    }
  }

  /** Asks the mode alone: whether this user could run it here is another question. */
  static boolean isExecutable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
  }
}
