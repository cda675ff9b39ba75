package io.github.prosodyoci.compile.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SchedulerTest {

  @TempDir private Path folder;
  private final List<String> started = new CopyOnWriteArrayList<>();

  /** Returns the graph of some recipes: {@code a: b c} needs b and c. */
  private BuildGraph graph(String... recipes) throws IOException {
    for (String recipe : recipes) {
      String[] parts = recipe.split(":", -1);
      Files.writeString(
          folder.resolve(parts[0] + ".yaml"),
          """
          package: {name: %s, version: '1', description: d, url: u, license: MIT}
          build-dependencies: [%s]
          pipeline: [{name: n, run: 'true'}]
          """
              .formatted(parts[0], parts[1].strip().replace(" ", ", ")));
    }
    return BuildGraph.of(
        RecipeBook.read(List.of(folder)), List.of(Platform.LINUX_AMD64), Platform.LINUX_AMD64);
  }

  private static NodeResult result(Node node) {
    return new NodeResult(node, Digest.of(new byte[0]), Path.of("/"), List.of(), false);
  }

  private static List<String> names(List<NodeResult> results) {
    return results.stream().map(result -> result.node().recipe().name()).sorted().toList();
  }

  private NodeResult start(Node node) {
    started.add(node.recipe().name());
    return result(node);
  }

  @Test
  void run_everyNode_comesAfterAllThatItNeedsAndSeesTheirResults() throws Exception {
    BuildGraph graph = graph("app: lib tool", "lib: base", "tool: base", "base:", "other:");

    List<NodeResult> results =
        new Scheduler(graph, node -> 1)
            .run(
                3,
                (node, done, critical) -> {
                  assertThat(names(done))
                      .isEqualTo(
                          switch (node.recipe().name()) {
                            case "app" -> List.of("base", "lib", "tool");
                            case "lib", "tool" -> List.of("base");
                            default -> List.of();
                          });
                  return start(node);
                },
                () -> {});

    assertThat(started).hasSize(5).doesNotHaveDuplicates();
    assertThat(results)
        .extracting(NodeResult::node)
        .containsExactlyElementsOf(graph.nodes().keySet());
  }

  @Test
  void run_oneThread_takesTheMostExpensivePathFirst() throws Exception {
    BuildGraph graph = graph("a:", "b:", "c: slow", "slow:");

    var unused =
        new Scheduler(graph, node -> node.recipe().name().equals("b") ? 5 : 3)
            .run(1, (node, done, critical) -> start(node), () -> {});

    // The path over slow and c costs 6.
    assertThat(started).containsExactly("slow", "b", "a", "c");
  }

  @Test
  void run_mostExpensivePath_isCritical() throws Exception {
    BuildGraph graph = graph("a:", "c: slow", "slow:");
    List<String> critical = new CopyOnWriteArrayList<>();

    var unused =
        new Scheduler(graph, node -> 1)
            .run(
                1,
                (node, done, isCritical) -> {
                  if (isCritical) {
                    critical.add(node.recipe().name());
                  }
                  return start(node);
                },
                () -> {});

    assertThat(critical).startsWith("slow").contains("c");
  }

  @Test
  void run_smallNodeThatEverythingNeeds_isCriticalBesideALargerOne() throws Exception {
    // As musl beside the headers of Linux: the large program waits for both.
    BuildGraph graph = graph("program: libc headers", "other: libc", "libc:", "headers:", "free:");
    List<String> critical = new CopyOnWriteArrayList<>();

    var unused =
        new Scheduler(
                graph,
                node ->
                    switch (node.recipe().name()) {
                      case "program" -> 100;
                      case "headers" -> 50;
                      default -> 1;
                    })
            .run(
                3,
                (node, done, isCritical) -> {
                  if (isCritical) {
                    critical.add(node.recipe().name());
                  }
                  return start(node);
                },
                () -> {});

    assertThat(critical).contains("headers", "libc", "program").doesNotContain("free");
  }

  @Test
  void run_independentNodes_goOnAtTheSameTimeUpToTheNumberOfThreads() throws Exception {
    BuildGraph graph = graph("a:", "b:", "c:", "d:");
    CyclicBarrier pair = new CyclicBarrier(2);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    var unused =
        new Scheduler(graph, node -> 1)
            .run(
                2,
                (node, done, critical) -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  try {
                    pair.await(30, TimeUnit.SECONDS);
                  } catch (Exception e) {
                    throw new IllegalStateException("nothing ran beside " + node, e);
                  } finally {
                    running.decrementAndGet();
                  }
                  return start(node);
                },
                () -> {});

    assertThat(most).hasValue(2);
  }

  @Test
  void run_failure_stopsWhatGoesOnAndStartsNothingMore() throws Exception {
    BuildGraph graph = graph("bad:", "slow:", "after: bad");
    CountDownLatch slowStarted = new CountDownLatch(1);
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicBoolean interrupted = new AtomicBoolean();

    assertThatThrownBy(
            () ->
                new Scheduler(graph, node -> 1)
                    .run(
                        2,
                        (node, done, critical) -> {
                          var unused = start(node);
                          if (node.recipe().name().equals("bad")) {
                            slowStarted.await();
                            throw new IllegalStateException("it is broken");
                          }
                          slowStarted.countDown();
                          try {
                            Thread.sleep(TimeUnit.SECONDS.toMillis(50));
                          } catch (InterruptedException e) {
                            interrupted.set(true);
                            throw e;
                          }
                          return result(node);
                        },
                        () -> stopped.set(true)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("it is broken");

    assertThat(stopped).isTrue();
    assertThat(interrupted).isTrue();
    assertThat(started).containsExactlyInAnyOrder("bad", "slow");
  }

  @Test
  void run_causeOfAnyKind_isThrownAsItIs() throws Exception {
    BuildGraph graph = graph("bad:");
    for (Exception cause : List.of(new IOException("x"), new InterruptedException("y"))) {
      assertThatThrownBy(
              () ->
                  new Scheduler(graph, node -> 1)
                      .run(
                          1,
                          (node, done, critical) -> {
                            if (cause instanceof IOException io) {
                              throw io;
                            }
                            throw (InterruptedException) cause;
                          },
                          () -> {}))
          .isSameAs(cause);
    }
  }
}
