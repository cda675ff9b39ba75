package io.github.prosodyoci.core.archive.deflate;

import java.util.ArrayList;
import java.util.List;

/** Turns a piece into tokens, in one pass that looks one byte ahead, and these into blocks. */
final class Parser {

  /** How many tokens stay together in a block; from 512 to 1500, layers hardly change in size. */
  private static final int CHUNK = 1024;

  final byte[] content;
  private final int start;
  private int count;

  /** The tokens chosen, and zeros after them. */
  final int[] tokens;

  private final Costs costs = new Costs();
  private final HashChains chains;
  private final List<Histogram> blocks = new ArrayList<>();
  private Histogram block = new Histogram();
  private Histogram chunk = new Histogram();

  Parser(byte[] content, int start, int end) {
    this.content = content;
    this.start = start;
    tokens = new int[end - start];
    chains = new HashChains(content, start, end, costs);
  }

  /**
   * Chooses the tokens, and returns the blocks that they make, at least one. A match is put off,
   * for a literal, if the one that begins a byte later gains more.
   */
  List<Histogram> parse() {
    int at = start;
    int match = chains.search(at, 0);
    while (at < start + tokens.length) {
      int literal = content[at] & 0xff;
      int length = Symbols.length(match);
      int later = length > 0 ? chains.search(at + 1, length - 1) : 0;
      if (later != 0 && costs.gain(literal) + costs.gain(later) > costs.gain(match)) {
        add(literal);
        at++;
        match = later;
      } else {
        add(match == 0 ? literal : match);
        at += Math.max(1, length);
        match = chains.search(at, 0);
      }
    }
    endChunk();
    blocks.add(block);
    return blocks;
  }

  private void add(int token) {
    tokens[count] = token;
    count++;
    chunk.add(token);
    if (chunk.tokens == CHUNK) {
      costs.learn(chunk);
      endChunk();
    }
  }

  /** Adds the chunk to the block, unless a code for each is shorter than one for both. */
  private void endChunk() {
    Histogram both = block.plus(chunk);
    boolean cut = both.cost() > block.cost() + chunk.cost();
    if (cut) {
      blocks.add(block);
    }
    block = cut ? chunk : both;
    chunk = new Histogram();
  }
}
