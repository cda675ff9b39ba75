package io.github.prosodyoci.image.compare;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The sections of an ELF file (System V ABI, "Sections"), of either word size and byte order. */
final class ElfSections {

  /** The type of a section that takes no space in the file. */
  private static final int NOBITS = 8;

  private final ByteBuffer file;
  private final boolean wide;

  private ElfSections(ByteBuffer file, boolean wide) {
    this.file = file;
    this.wide = wide;
  }

  /** Returns the sections' contents by name; empty if it is no ELF file, or damaged. */
  static Optional<Map<String, byte[]>> of(byte[] bytes) {
    if (bytes.length < 52
        || bytes[0] != 0x7f
        || bytes[1] != 'E'
        || bytes[2] != 'L'
        || bytes[3] != 'F') {
      return Optional.empty();
    }
    ByteOrder order = bytes[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    try {
      return Optional.of(
          new ElfSections(ByteBuffer.wrap(bytes).order(order), bytes[4] == 2).read());
    } catch (IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException e) {
      // An offset leads out of the file: it is compared as bytes.
      return Optional.empty();
    }
  }

  private long word(int at) {
    return wide ? file.getLong(at) : file.getInt(at) & 0xffffffffL;
  }

  private Map<String, byte[]> read() {
    int headers = Math.toIntExact(word(wide ? 0x28 : 0x20));
    int headerSize = file.getShort(wide ? 0x3a : 0x2e) & 0xffff;
    int count = file.getShort(wide ? 0x3c : 0x30) & 0xffff;
    int namesIndex = file.getShort(wide ? 0x3e : 0x32) & 0xffff;
    byte[] names = count == 0 ? new byte[0] : content(headers + namesIndex * headerSize);
    Map<String, byte[]> sections = new LinkedHashMap<>();
    // The first header stands for no section.
    for (int i = 1; i < count; i++) {
      int header = headers + i * headerSize;
      sections.merge(name(names, file.getInt(header)), content(header), ElfSections::joined);
    }
    return sections;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private byte[] content(int header) {
    if (file.getInt(header + 4) == NOBITS) {
      // Its size alone is in the file.
      return ByteBuffer.allocate(8).putLong(word(header + (wide ? 0x20 : 0x14))).array();
    }
    int offset = Math.toIntExact(word(header + (wide ? 0x18 : 0x10)));
    int size = Math.toIntExact(word(header + (wide ? 0x20 : 0x14)));
    if (size < 0 || offset < 0 || size > file.capacity() - offset) {
      throw new IndexOutOfBoundsException(offset);
    }
    byte[] content = new byte[size];
    file.get(offset, content);
    return content;
  }

  private static String name(byte[] names, int at) {
    int end = at;
    while (names[end] != 0) {
      end++;
    }
    return new String(names, at, end - at, StandardCharsets.ISO_8859_1);
  }
}
