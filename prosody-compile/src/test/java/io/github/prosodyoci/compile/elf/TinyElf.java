package io.github.prosodyoci.compile.elf;

import io.github.prosodyoci.core.Platform;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes the smallest ELF files that say what a test wants said. */
public final class TinyElf {

  private static final int BASE = 0x10000;

  private int type = 3;
  private int machine = 62;
  private boolean wide = true;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private String interpreter = "";
  private boolean relro = true;
  private int stackFlags = 6;
  private final List<long[]> dynamic = new ArrayList<>();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

  /** Starts a shared object. */
  public TinyElf() {
    strings.write(0);
  }

  /** Sets {@code e_type}. */
  public TinyElf type(int value) {
    type = value;
    return this;
  }

  /** Makes it a file for another machine. */
  public TinyElf of(Platform platform) {
    machine = platform.elfMachine();
    wide = platform.wordSize() == Long.SIZE;
    order = platform.byteOrder();
    return this;
  }

  /** Sets the loader. */
  public TinyElf interpreter(String path) {
    interpreter = path;
    return this;
  }

  /** Sets the soname. */
  public TinyElf soname(String name) {
    return text(14, name);
  }

  /** Adds a needed shared object. */
  public TinyElf needed(String name) {
    return text(1, name);
  }

  /** Adds a run path. */
  public TinyElf runpath(String path) {
    return text(29, path);
  }

  /** Adds an entry of the dynamic section. */
  public TinyElf dynamic(long tag, long value) {
    dynamic.add(new long[] {tag, value});
    return this;
  }

  /** Leaves RELRO out. */
  public TinyElf withoutRelro() {
    relro = false;
    return this;
  }

  /** Asks for an executable stack. */
  public TinyElf executableStack() {
    stackFlags = 7;
    return this;
  }

  private TinyElf text(int tag, String text) {
    dynamic.add(new long[] {tag, strings.size()});
    strings.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    strings.write(0);
    return this;
  }

  /** Returns the file. */
  public byte[] bytes() {
    int headers = 5;
    int headerSize = wide ? 64 : 52;
    int half = wide ? 8 : 4;
    int dynamicAt = headerSize + headers * segmentSize();
    int dynamicSize = (dynamic.size() + 2) * 2 * half;
    int stringsAt = dynamicAt + dynamicSize;
    int interpreterAt = stringsAt + strings.size();
    byte[] loader = (interpreter + "\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(interpreterAt + loader.length);
    out.putInt(0x7f454c46).put((byte) (wide ? 2 : 1));
    out.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2)).put((byte) 1).order(order);
    out.putShort(16, (short) type).putShort(18, (short) machine);
    out.putShort(wide ? 54 : 42, (short) segmentSize()).putShort(wide ? 56 : 44, (short) headers);
    word(out.position(wide ? 32 : 28), headerSize);
    segment(out, headerSize, 0, 1, 5, 0, out.capacity());
    segment(out, headerSize, 1, 2, 6, dynamicAt, dynamicSize);
    segment(out, headerSize, 2, 0x6474e551, stackFlags, 0, 0);
    segment(out, headerSize, 3, relro ? 0x6474e552 : 0, 4, 0, 0);
    segment(out, headerSize, 4, interpreter.isEmpty() ? 0 : 3, 4, interpreterAt, loader.length);
    out.position(dynamicAt);
    for (long[] entry : dynamic) {
      word(out, entry[0]);
      word(out, entry[1]);
    }
    for (long value : new long[] {5, BASE + stringsAt, 0, 0}) {
      word(out, value);
    }
    out.put(strings.toByteArray()).put(loader);
    return out.array();
  }

  private int segmentSize() {
    return wide ? 56 : 32;
  }

  private void word(ByteBuffer out, long value) {
    if (wide) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
  }

  private void segment(
      ByteBuffer out, int headerSize, int i, int type, int flags, long at, long size) {
    int start = headerSize + i * segmentSize();
    out.putInt(start, type).putInt(start + (wide ? 4 : 24), flags);
    word(out.position(start + (wide ? 8 : 4)), at);
    word(out.position(start + (wide ? 16 : 8)), BASE + at);
    word(out.position(start + (wide ? 32 : 16)), size);
  }
}
