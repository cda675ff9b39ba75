package io.github.prosodyoci.archive.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HuffmanCodeTest {

  @Provide
  static Arbitrary<int[]> frequencies() {
    return Arbitraries.oneOf(
            Arbitraries.just(0),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 1 << 15))
        .array(int[].class)
        .ofMinSize(2)
        .ofMaxSize(286);
  }

  @Property(tries = 100)
  void code_isCompleteAndAsShortAsAnyOther(@ForAll("frequencies") int[] frequencies) {
    HuffmanCode code = HuffmanCode.of(frequencies, 15);
    assertComplete(code, frequencies, 15);
    Node tree = tree(frequencies);
    assertThat(code.cost(frequencies))
        .isBetween(tree.cost, tree.depth <= 15 ? tree.cost : tree.cost + tree.cost / 50);
  }

  @Property(tries = 100)
  void code_withAShortLimit_isCompleteToo(@ForAll("frequencies") int[] frequencies) {
    int[] few = Arrays.copyOf(frequencies, 19);
    assertComplete(HuffmanCode.of(few, 7), few, 7);
  }

  /** Fibonacci's numbers make the deepest tree. */
  @Test
  void code_thatWouldBeTooLong_isCut() {
    int[] frequencies = new int[30];
    frequencies[0] = 1;
    frequencies[1] = 1;
    for (int i = 2; i < frequencies.length; i++) {
      frequencies[i] = frequencies[i - 1] + frequencies[i - 2];
    }
    HuffmanCode code = HuffmanCode.of(frequencies, 15);
    assertComplete(code, frequencies, 15);
    assertThat(code.length(0)).isEqualTo(15);
    int cost = tree(frequencies).cost;
    assertThat(code.cost(frequencies)).isBetween(cost + 1, cost + cost / 50);
  }

  /** Checks that all that is used has a code, and that no bits are left without a meaning. */
  private static void assertComplete(HuffmanCode code, int[] frequencies, int maxLength) {
    int sum = 0;
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      int length = code.length(symbol);
      assertThat(length).isBetween(frequencies[symbol] > 0 ? 1 : 0, maxLength);
      sum += length > 0 ? 1 << (maxLength - length) : 0;
    }
    assertThat(sum).isEqualTo(1 << maxLength);
  }

  /** A node of Huffman's own tree; its cost is the sum of the weights of all inner nodes below. */
  private record Node(int weight, int depth, int cost) {}

  private static Node tree(int[] frequencies) {
    PriorityQueue<Node> nodes =
        new PriorityQueue<>(Comparator.comparingInt(Node::weight).thenComparingInt(Node::depth));
    Arrays.stream(frequencies).filter(n -> n > 0).forEach(n -> nodes.add(new Node(n, 0, 0)));
    while (nodes.size() < 2) {
      nodes.add(new Node(0, 0, 0));
    }
    while (nodes.size() > 1) {
      Node a = nodes.remove();
      Node b = nodes.remove();
      int weight = a.weight + b.weight;
      nodes.add(new Node(weight, 1 + Math.max(a.depth, b.depth), a.cost + b.cost + weight));
    }
    return nodes.remove();
  }
}
