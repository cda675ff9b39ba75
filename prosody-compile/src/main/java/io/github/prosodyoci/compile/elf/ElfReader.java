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

/** Reads 64-bit little-endian ELF files, the only kind that the target platforms have. */
public final class ElfReader {

  private static final int MAGIC = 0x464c457f;
  private static final int HEADER_SIZE = 64;
  private static final int PROGRAM_HEADER_SIZE = 56;
  private static final int SECTION_HEADER_SIZE = 64;

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

  private ElfReader(ByteBuffer data) {
    this.data = data;
  }

  /**
   * Returns what the file's headers say, or nothing if it is not a 64-bit little-endian ELF file.
   *
   * @throws IOException if it cannot be read, or starts like such a file but is damaged
   */
  public static Optional<ElfFile> read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) < HEADER_SIZE) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
      if (channel.read(start, 0) < 6
          || start.getInt(0) != MAGIC
          || start.get(4) != 2
          || start.get(5) != 1) {
        return Optional.empty();
      }
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException("Could not read " + file + ": an ELF file of more than 2 GiB");
      }
      // Mapped: the compiler's libraries are large, and little of them is looked at.
      ByteBuffer all =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
              .order(ByteOrder.LITTLE_ENDIAN);
      return Optional.of(new ElfReader(all).parse());
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("Could not read " + file + ": damaged ELF headers", e);
    }
  }

  private ElfFile parse() {
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
        data.getShort(18),
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
    int table = offset(data.getLong(32));
    int size = data.getShort(54) & 0xffff;
    int count = data.getShort(56) & 0xffff;
    List<Segment> result = new ArrayList<>();
    if (count > 0 && size < PROGRAM_HEADER_SIZE) {
      throw new IllegalArgumentException("program headers of " + size + " bytes");
    }
    for (int i = 0; i < count; i++) {
      int at = table + i * size;
      result.add(
          new Segment(
              data.getInt(at),
              data.getInt(at + 4),
              offset(data.getLong(at + 8)),
              data.getLong(at + 16),
              data.getLong(at + 32)));
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
    int entries = (int) Math.min(segment.fileSize / 16, (data.limit() - segment.offset) / 16);
    for (int i = 0; i < entries; i++) {
      if (data.getLong(segment.offset + i * 16) == DT_STRTAB) {
        strings = fileOffset(data.getLong(segment.offset + i * 16 + 8), segments);
      }
    }
    for (int i = 0; i < entries; i++) {
      long tag = data.getLong(segment.offset + i * 16);
      long value = data.getLong(segment.offset + i * 16 + 8);
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
    int table = offset(data.getLong(40));
    int size = data.getShort(58) & 0xffff;
    int count = data.getShort(60) & 0xffff;
    if (table == 0 || size < SECTION_HEADER_SIZE) {
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
