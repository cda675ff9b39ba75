package io.github.prosodyoci.compile.elf;

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
    int dynamicAt = 64 + headers * 56;
    int dynamicSize = (dynamic.size() + 2) * 16;
    int stringsAt = dynamicAt + dynamicSize;
    int interpreterAt = stringsAt + strings.size();
    byte[] loader = (interpreter + "\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(interpreterAt + loader.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
    out.putShort(16, (short) type).putShort(18, (short) 62);
    out.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) headers);
    header(out, 0, 1, 5, 0, out.capacity());
    header(out, 1, 2, 6, dynamicAt, dynamicSize);
    header(out, 2, 0x6474e551, stackFlags, 0, 0);
    header(out, 3, relro ? 0x6474e552 : 0, 4, 0, 0);
    header(out, 4, interpreter.isEmpty() ? 0 : 3, 4, interpreterAt, loader.length);
    out.position(dynamicAt);
    for (long[] entry : dynamic) {
      out.putLong(entry[0]).putLong(entry[1]);
    }
    out.putLong(5).putLong(BASE + stringsAt).putLong(0).putLong(0);
    out.put(strings.toByteArray()).put(loader);
    return out.array();
  }

  private static void header(ByteBuffer out, int i, int type, int flags, long at, long size) {
    int start = 64 + i * 56;
    out.putInt(start, type).putInt(start + 4, flags);
    out.putLong(start + 8, at).putLong(start + 16, BASE + at).putLong(start + 32, size);
  }
}
