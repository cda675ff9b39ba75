package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierReportTest {

  private record Report(Digest inputs, List<String> files) {
    Report {
      files = List.copyOf(files);
    }
  }

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();

  @Test
  void read_noFile_isNoneAndSaysNothing() throws Exception {
    assertThat(EarlierReport.read(folder.resolve("r.json"), Report.class, log::add)).isEmpty();
    assertThat(log).isEmpty();
  }

  @Test
  void read_report_isReturned() throws Exception {
    Path file = folder.resolve("r.json");
    Report report = new Report(Digest.of(new byte[0]), List.of("a"));
    Json.write(file, report);

    assertThat(EarlierReport.read(file, Report.class, log::add)).contains(report);
    assertThat(log).isEmpty();
  }

  @Test
  void read_brokenOrForeignReport_isNoneAndSaysWhy() throws Exception {
    Path file = folder.resolve("r.json");
    for (String text : List.of("", "null", "{}", "[]", "{\"files\": [null]}", "{\"inputs\": 1")) {
      Files.writeString(file, text);
      log.clear();

      assertThat(EarlierReport.read(file, Report.class, log::add)).as(text).isEmpty();
      assertThat(log)
          .as(text)
          .singleElement()
          .asString()
          .startsWith("The report " + file + " of an earlier build is not used: ");
    }
  }
}
