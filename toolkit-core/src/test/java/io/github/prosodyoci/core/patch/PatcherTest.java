package io.github.prosodyoci.core.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PatcherTest {

  @TempDir private Path folder;
  private Path root;

  @BeforeEach
  void createRoot() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
  }

  private void apply(String patch) throws IOException {
    Path file = folder.resolve("fix.patch");
    Files.write(file, patch.getBytes(StandardCharsets.ISO_8859_1));
    new Patcher(new FolderTree(root)).apply(file);
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String text(String name) throws IOException {
    return Files.readString(root.resolve(name), StandardCharsets.ISO_8859_1);
  }

  @Test
  void apply_severalFilesWithMail_changesEach() throws IOException {
    write("a.lua", "a\n-- old\nb\n");
    write("b.lua", "x\ny\n");

    apply(
        """
        From: someone
        Subject: --- not a header
        ---
         a.lua | 2 +-
        --- a/a.lua\t2020-01-01
        +++ b/a.lua
        @@ -1,3 +1,3 @@ function
         a
        --- old
        +-- new
         b
        diff --git a/b.lua b/b.lua
        index 123..456 100644
        --- a/b.lua
        +++ b/b.lua
        @@ -2 +2,2 @@
        -y
        +y1
        +++ y2
        --\s
        2.39
        """);

    assertThat(text("a.lua")).isEqualTo("a\n-- new\nb\n");
    assertThat(text("b.lua")).isEqualTo("x\ny1\n++ y2\n");
  }

  @Test
  void apply_newAndDeletedFile_appearsAndGoes() throws IOException {
    write("old", "1\n2\n");

    apply(
        """
        --- /dev/null
        +++ b/dir/new
        @@ -0,0 +1,2 @@
        +a
        +b
        --- a/old
        +++ /dev/null
        @@ -1,2 +0,0 @@
        -1
        -2
        """);

    assertThat(text("dir/new")).isEqualTo("a\nb\n");
    assertThat(root.resolve("old")).doesNotExist();
  }

  @Test
  void apply_movedLines_areFoundByContext() throws IOException {
    write("a", "new first\nanother\n1\n2\n3\n4\n5\n6\n7\n8\n");

    apply("--- a/a\n+++ b/a\n@@ -1,2 +1,3 @@\n 1\n+1.5\n 2\n@@ -7,2 +8,2 @@\n 7\n-8\n+acht\n");

    assertThat(text("a")).isEqualTo("new first\nanother\n1\n1.5\n2\n3\n4\n5\n6\n7\nacht\n");
  }

  @Test
  void apply_lineEndMissing_isExact() throws IOException {
    write("a", "1\n2");

    apply("--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+zwei\n");

    assertThat(text("a")).isEqualTo("1\nzwei\n");
  }

  @Test
  void apply_latin1_keepsBytes() throws IOException {
    write("a", "\u00e4\n\u00ff\n");

    apply("--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n \u00e4\n-\u00ff\n+\u00fe\n");

    assertThat(text("a")).isEqualTo("\u00e4\n\u00fe\n");
  }

  @Test
  void apply_contextDiffers_isRejectedWholly() throws IOException {
    write("a", "1\n2\n");
    write("b", "other\n");

    assertThatThrownBy(
            () ->
                apply(
                    "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+eins\n"
                        + "--- a/b\n+++ b/b\n@@ -1 +1 @@\n-1\n+eins\n"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining(
            "Could not apply patch fix.patch: hunk 1 of b/b (line 8 of the patch)")
        .hasMessageContaining("the lines that it changes are not there");
    assertThat(text("a")).isEqualTo("1\n2\n");
  }

  @Test
  void apply_missingFile_isRejected() {
    assertThatThrownBy(() -> apply("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+eins\n"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("there is no such file");
  }

  @Test
  void apply_createsWhatIsThere_isRejected() throws IOException {
    write("a", "1\n");

    assertThatThrownBy(() -> apply("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+eins\n"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("the file that it creates is there");
  }

  @Test
  void apply_pathLeadsOut_isRefused() {
    assertThatThrownBy(() -> apply("--- /dev/null\n+++ b/../../x\n@@ -0,0 +1 @@\n+eins\n"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("leads out of the build folder");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void apply_throughLink_isRefused() throws IOException {
    Files.createDirectory(folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside"));

    assertThatThrownBy(() -> apply("--- /dev/null\n+++ b/link/x\n@@ -0,0 +1 @@\n+eins\n"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("leads out of the build folder");
    assertThat(folder.resolve("outside/x")).doesNotExist();
  }

  @Test
  void apply_cutHunk_namesItsLine() {
    assertThatThrownBy(() -> apply("--- a/a\n+++ b/a\n@@ -1,5 +1,5 @@\n 1\n"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("line 3: the hunk is cut short");
  }

  @Test
  void apply_noPatch_isRefused() {
    assertThatThrownBy(() -> apply("<html>404</html>"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("holds no change");
  }

  private static UnifiedDiff diff(String text) {
    return UnifiedDiff.parse(text);
  }

  @Test
  void reversed_appliedPatch_restoresEveryFile() throws IOException {
    MemoryTree tree = new MemoryTree();
    tree.put("a", "0\n1\n2\n3\n");
    tree.put("old", "x\n");
    UnifiedDiff diff =
        diff(
            "--- a/a\n+++ b/a\n@@ -2,2 +2,3 @@\n 1\n-2\n+zwei\n+drei\n"
                + "--- a/a\n+++ b/a\n@@ -3,2 +3,2 @@\n zwei\n-drei\n+vier\n"
                + "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n"
                + "--- a/old\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");

    new Patcher(tree).apply(diff);

    assertThat(tree.read("a")).hasValue(List.of("0\n", "1\n", "zwei\n", "vier\n", "3\n"));
    assertThat(tree.read("new")).hasValue(List.of("n\n"));
    assertThat(tree.read("old")).isEmpty();
    assertThat(diff.paths()).containsExactly("a", "new", "old");

    new Patcher(tree).apply(diff.reversed());

    assertThat(tree.read("a")).hasValue(List.of("0\n", "1\n", "2\n", "3\n"));
    assertThat(tree.read("new")).isEmpty();
    assertThat(tree.read("old")).hasValue(List.of("x\n"));
  }

  @Test
  void reversed_patchThatIsNotIn_isRejected() {
    MemoryTree tree = new MemoryTree();
    tree.put("a", "1\n2\n");
    MemoryTree copy = new MemoryTree(tree);
    UnifiedDiff diff = diff("--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n 1\n-2\n+zwei\n");

    assertThatThrownBy(() -> new Patcher(copy).apply(diff.reversed()))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("the lines that it changes are not there");
    assertThat(copy.read("a")).isEqualTo(tree.read("a"));
  }
}
