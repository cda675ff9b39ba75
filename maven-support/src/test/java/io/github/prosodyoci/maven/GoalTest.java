package io.github.prosodyoci.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoalTest {

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static final class TestGoal extends Goal {
    private final Work work;
    private boolean skip;

    TestGoal(Work work) {
      super("prosodyoci.test.skip");
      this.work = work;
    }

    @Override
    protected boolean isSkipped() {
      return skip;
    }

    @Override
    protected void run() throws IOException, InterruptedException {
      work.run();
    }
  }

  @TempDir private Path folder;

  private TestGoal goal(GoalFixture maven, Work work) throws Exception {
    return maven.prepare(new TestGoal(work), "prosody-test:things");
  }

  private static Work failing(Exception failure) {
    return () -> {
      if (failure instanceof IOException e) {
        throw e;
      }
      if (failure instanceof InterruptedException e) {
        throw e;
      }
      throw (RuntimeException) failure;
    };
  }

  @Test
  void execute_skipProperty_saysWhichGoalAndWhichProperty() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    TestGoal goal = goal(maven, failing(new IllegalStateException("not skipped")));
    goal.skip = true;

    goal.execute();

    assertThat(maven.info).containsExactly("Skipping prosody-test:things (prosodyoci.test.skip)");
  }

  @Test
  void execute_skipOfAllGoals_saysSo() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    TestGoal goal = goal(maven, failing(new IllegalStateException("not skipped")));
    GoalFixture.set(goal, "skipAll", true);

    goal.execute();

    assertThat(maven.info).containsExactly("Skipping prosody-test:things (prosodyoci.skip)");
  }

  @Test
  void execute_failureOfTheInput_isAFailureWithItsMessageAlone() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    FailureException failure =
        Failure.of(CommonCode.CONFIGURATION, "use", "x", "it is wrong").toException();

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(goal(maven, failing(failure))::execute)
        .withMessage("Could not use x: it is wrong (configuration).")
        .withCause(failure);
    assertThat(maven.errors).isEmpty();
  }

  @Test
  void execute_exceptionOfARoomWithoutFailure_isAFailureWithItsMessage() throws Exception {
    final class Old extends FailureException {
      private static final long serialVersionUID = 1L;

      Old() {
        super("old words", null);
      }
    }

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(goal(new GoalFixture(folder), failing(new Old()))::execute)
        .withMessage("old words");
  }

  @Test
  void execute_anyOtherRuntimeException_isABugWithTraceAndRequestToReport() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    IllegalArgumentException bug = new IllegalArgumentException("not a digest");

    assertThatExceptionOfType(MojoExecutionException.class)
        .isThrownBy(goal(maven, failing(bug))::execute)
        .withMessageStartingWith("prosody-test:things failed because of a mistake in its own code.")
        .withMessageContaining("Please report it")
        .withMessageEndingWith("java.lang.IllegalArgumentException: not a digest");
    assertThat(maven.errors).singleElement().asString().contains("Please report it");
    assertThat(maven.traces).containsExactly(bug);
  }

  @Test
  void execute_interrupts_areErrorsThatKeepTheStatus() throws Exception {
    List<Exception> interrupts =
        List.of(
            new InterruptedException(),
            new ClosedByInterruptException(),
            Failure.of(CommonCode.INTERRUPTED, "build", "x", "interrupted").toException());
    for (Exception interrupt : interrupts) {
      GoalFixture maven = new GoalFixture(folder);
      assertThatExceptionOfType(MojoExecutionException.class)
          .isThrownBy(goal(maven, failing(interrupt))::execute)
          .withMessage("The build was interrupted")
          .withCause(interrupt);
      assertThat(Thread.interrupted()).as("%s", interrupt).isTrue();
      assertThat(maven.errors).isEmpty();
    }
  }

  @Test
  void execute_fileThatCannotBeRead_isAnErrorWithASentence() throws Exception {
    assertThatExceptionOfType(MojoExecutionException.class)
        .isThrownBy(
            goal(new GoalFixture(folder), failing(new NoSuchFileException("/nowhere/x")))::execute)
        .withMessageStartingWith("Could not run prosody-test:things: ")
        .withMessageContaining("/nowhere/x");
  }

  @Test
  void execute_propertyOfAnOlderVersion_isRefusedWithItsNewName() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    maven.request.getUserProperties().setProperty("prosodyoci.stepTimeout", "5");

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(goal(maven, () -> {})::execute)
        .withMessageStartingWith(
            "Could not use prosodyoci.stepTimeout: it was renamed to"
                + " prosodyoci.stepTimeoutMinutes (configuration).");
  }

  @Test
  void outputTimestamp_propertyOfTheProjectOrTheUser_isTheUsersFirst() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    TestGoal goal = goal(maven, () -> {});
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(goal::outputTimestamp)
        .withMessageContaining("project.build.outputTimestamp: it is not set");

    maven.model.addProperty("project.build.outputTimestamp", "1");
    assertThat(goal(maven, () -> {}).outputTimestamp()).isEqualTo(Instant.ofEpochSecond(1));
    maven.request.getUserProperties().setProperty("project.build.outputTimestamp", "2");
    assertThat(goal(maven, () -> {}).outputTimestamp()).isEqualTo(Instant.ofEpochSecond(2));
  }
}
