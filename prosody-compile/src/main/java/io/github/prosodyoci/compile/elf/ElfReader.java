package io.github.prosodyoci.compile.elf;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads ELF files of both word sizes and both byte orders (System V ABI, "gABI" chapters 4 and 5).
 */
public final class ElfReader {

  private static final int MAGIC = 0x7f454c46;
  private static final int IDENTIFICATION_SIZE = 16;

  /** Where the fields are whose place depends on the word size. */
  private record Layout(
      int headerSize,
      int programHeaders,
      int sectionHeaders,
      int programHeaderSize,
      int programHeaderCount,
      int sectionHeaderSize,
      int sectionHeaderCount,
      int leastProgramHeader,
      int leastSectionHeader,
      int segmentFlags,
      int segmentOffset,
      int segmentAddress,
      int segmentFileSize) {}

  private static final Layout LAYOUT_32 =
      new Layout(52, 28, 32, 42, 44, 46, 48, 32, 40, 24, 4, 8, 16);
  private static final Layout LAYOUT_64 =
      new Layout(64, 32, 40, 54, 56, 58, 60, 56, 64, 4, 8, 16, 32);

  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int PT_GNU_STACK = 0x6474e551;
  private static final int PT_GNU_RELRO = 0x6474e552;
  private static final int PF_X = 1;

  private static final int SHT_SYMTAB = 2;

  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;
  private static final int DT_SONAME = 14;
  private static final int DT_RPATH = 15;
  private static final int DT_TEXTREL = 22;
  private static final int DT_BIND_NOW = 24;
  private static final int DT_RUNPATH = 29;
  private static final int DT_FLAGS = 30;
  private static final int DT_FLAGS_1 = 0x6ffffffb;
  private static final int DF_TEXTREL = 4;
  private static final int DF_BIND_NOW = 8;
  private static final int DF_1_NOW = 1;

  private final ByteBuffer data;
  private final boolean wide;
  private final Layout layout;

  private ElfReader(ByteBuffer data, boolean wide) {
    this.data = data;
    this.wide = wide;
    this.layout = wide ? LAYOUT_64 : LAYOUT_32;
  }

  /**
   * Returns what the file's headers say, or nothing if it is not an ELF file.
   *
   * @throws IOException if it cannot be read, or starts like such a file but is damaged
   */
  public static Optional<ElfFile> read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(IDENTIFICATION_SIZE);
      if (channel.read(start, 0) < IDENTIFICATION_SIZE
          || start.getInt(0) != MAGIC
          || !isOneOrTwo(start.get(4))
          || !isOneOrTwo(start.get(5))) {
        return Optional.empty();
      }
      boolean wide = start.get(4) == 2;
      ByteOrder order = start.get(5) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException("Could not read " + file + ": an ELF file of more than 2 GiB");
      }
      // Mapped: the compiler's libraries are large, and little of them is looked at.
      ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()).order(order);
      return Optional.of(new ElfReader(all, wide).parse());
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("Could not read " + file + ": damaged ELF headers", e);
    }
  }

  private static boolean isOneOrTwo(byte value) {
    return value == 1 || value == 2;
  }

  /** Returns an address, an offset or a size. */
  private long word(int at) {
    return wide ? data.getLong(at) : Integer.toUnsignedLong(data.getInt(at));
  }

  private ElfFile parse() {
    if (data.limit() < layout.headerSize) {
      throw new IllegalArgumentException("a header of " + data.limit() + " bytes");
    }
    int type = data.getShort(16);
    Optional<String> interpreter = Optional.empty();
    boolean relro = false;
    boolean executableStack = true;
    Dynamic dynamic = new Dynamic();
    List<Segment> segments = segments();
    for (Segment segment : segments) {
      switch (segment.type) {
        case PT_INTERP -> interpreter = Optional.of(text(segment.offset));
        case PT_GNU_RELRO -> relro = true;
        case PT_GNU_STACK -> executableStack = (segment.flags & PF_X) != 0;
        case PT_DYNAMIC -> dynamic = dynamic(segment, segments);
        default -> {}
      }
    }
    return new ElfFile(
        switch (type) {
          case 1 -> ElfFile.Type.RELOCATABLE;
          case 2 -> ElfFile.Type.EXECUTABLE;
          case 3 -> ElfFile.Type.SHARED;
          default -> ElfFile.Type.OTHER;
        },
        Short.toUnsignedInt(data.getShort(18)),
        interpreter,
        dynamic.soname,
        dynamic.needed,
        dynamic.runpath,
        type == 3,
        relro,
        dynamic.bindNow,
        executableStack,
        dynamic.textRelocations,
        !hasSymbolTable());
  }

  private record Segment(int type, int flags, int offset, long address, long fileSize) {}

  private List<Segment> segments() {
    int table = offset(word(layout.programHeaders));
    int size = Short.toUnsignedInt(data.getShort(layout.programHeaderSize));
    int count = Short.toUnsignedInt(data.getShort(layout.programHeaderCount));
    List<Segment> result = new ArrayList<>();
    if (count > 0 && size < layout.leastProgramHeader) {
      throw new IllegalArgumentException("program headers of " + size + " bytes");
    }
    for (int i = 0; i < count; i++) {
      int at = table + i * size;
      result.add(
          new Segment(
              data.getInt(at),
              data.getInt(at + layout.segmentFlags),
              offset(word(at + layout.segmentOffset)),
              word(at + layout.segmentAddress),
              word(at + layout.segmentFileSize)));
    }
    return result;
  }

  private static final class Dynamic {
    private Optional<String> soname = Optional.empty();
    private final List<String> needed = new ArrayList<>();
    private final List<String> runpath = new ArrayList<>();
    private boolean bindNow;
    private boolean textRelocations;
  }

  private Dynamic dynamic(Segment segment, List<Segment> segments) {
    Dynamic result = new Dynamic();
    int strings = 0;
    int half = wide ? Long.BYTES : Integer.BYTES;
    int room = (data.limit() - segment.offset) / (2 * half);
    int entries = (int) Math.min(segment.fileSize / (2L * half), room);
    for (int i = 0; i < entries; i++) {
      int at = segment.offset + i * 2 * half;
      if (word(at) == DT_STRTAB) {
        strings = fileOffset(word(at + half), segments);
      }
    }
    for (int i = 0; i < entries; i++) {
      int at = segment.offset + i * 2 * half;
      long tag = word(at);
      long value = word(at + half);
      if (tag == 0) {
        break;
      } else if (tag == DT_NEEDED) {
        result.needed.add(text(offset(strings + value)));
      } else if (tag == DT_SONAME) {
        result.soname = Optional.of(text(offset(strings + value)));
      } else if (tag == DT_RPATH || tag == DT_RUNPATH) {
        result.runpath.add(text(offset(strings + value)));
      } else if (tag == DT_TEXTREL || (tag == DT_FLAGS && (value & DF_TEXTREL) != 0)) {
        result.textRelocations = true;
      }
      result.bindNow |=
          tag == DT_BIND_NOW
              || (tag == DT_FLAGS && (value & DF_BIND_NOW) != 0)
              || (tag == DT_FLAGS_1 && (value & DF_1_NOW) != 0);
    }
    return result;
  }

  private static int fileOffset(long address, List<Segment> segments) {
    for (Segment segment : segments) {
      if (segment.type == PT_LOAD
          && address >= segment.address
          && address < segment.address + segment.fileSize) {
        return offset(segment.offset + (address - segment.address));
      }
    }
    throw new IllegalArgumentException("no segment holds address " + address);
  }

  private boolean hasSymbolTable() {
    int table = offset(word(layout.sectionHeaders));
    int size = Short.toUnsignedInt(data.getShort(layout.sectionHeaderSize));
    int count = Short.toUnsignedInt(data.getShort(layout.sectionHeaderCount));
    if (table == 0 || size < layout.leastSectionHeader) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (data.getInt(table + i * size + 4) == SHT_SYMTAB) {
        return true;
      }
    }
    return false;
  }

  private String text(int start) {
    int end = start;
    while (data.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - start];
    data.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int offset(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("offset " + value);
    }
    return (int) value;
  }
}
