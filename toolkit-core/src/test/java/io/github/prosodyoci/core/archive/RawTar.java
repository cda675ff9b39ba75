package io.github.prosodyoci.core.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes tar files byte by byte, right or wrong. */
public final class RawTar {

  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** One header block that can be changed before its checksum is made. */
  public static final class Block {
    final byte[] bytes = new byte[BLOCK];

    public Block put(int offset, int length, byte[] value) {
      Arrays.fill(bytes, offset, offset + length, (byte) 0);
      System.arraycopy(value, 0, bytes, offset, Math.min(length, value.length));
      return this;
    }

    public Block text(int offset, int length, String value) {
      return put(offset, length, value.getBytes(StandardCharsets.UTF_8));
    }

    public Block size(long size) {
      return text(124, 12, String.format(Locale.ROOT, "%011o", size));
    }

    public Block type(char type) {
      bytes[156] = (byte) type;
      return this;
    }

    public Block link(String target) {
      return text(157, 100, target);
    }

    private void sum() {
      Arrays.fill(bytes, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte b : bytes) {
        sum += b & 0xff;
      }
      text(148, 8, String.format(Locale.ROOT, "%06o", sum));
      bytes[155] = ' ';
    }
  }

  public static Block block(String path, char type, long size) {
    return new Block()
        .text(0, 100, path)
        .text(100, 8, "0000644")
        .text(108, 8, "0000000")
        .text(116, 8, "0000000")
        .size(size)
        .text(136, 12, "00000000000")
        .type(type)
        .text(257, 8, "ustar\00000");
  }

  /** Adds a file. */
  public RawTar file(String path, byte[] content) {
    return raw(block(path, '0', content.length), content);
  }

  /** Adds a file with text. */
  public RawTar file(String path, String content) {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  public RawTar folder(String path) {
    return raw(block(path + "/", '5', 0), new byte[0]);
  }

  /** Adds a link, or whatever else has the type. */
  public RawTar link(String path, char type, String target) {
    return raw(block(path, type, 0).link(target), new byte[0]);
  }

  /** Adds an entry whose header is changed at will; its checksum stays right. */
  public RawTar entry(String path, char type, byte[] content, Consumer<Block> change) {
    Block block = block(path, type, content.length);
    change.accept(block);
    return raw(block, content);
  }

  public RawTar raw(Block block, byte[] content) {
    block.sum();
    return bytes(block.bytes).bytes(content).bytes(new byte[-content.length & (BLOCK - 1)]);
  }

  public RawTar pax(String... records) {
    return pax('x', String.join("", records).getBytes(StandardCharsets.UTF_8));
  }

  public RawTar pax(char type, byte[] records) {
    return raw(block("PaxHeaders/x", type, records.length), records);
  }

  public static String record(String key, String value) {
    String rest = " " + key + "=" + value + "\n";
    int length = rest.getBytes(StandardCharsets.UTF_8).length;
    int digits = Integer.toString(length).length();
    if (Integer.toString(length + digits).length() != digits) {
      digits++;
    }
    return length + digits + rest;
  }

  /** Returns an archive with something of everything. */
  public static byte[] sample() {
    return new RawTar()
        .folder("usr")
        .pax(record("APK-TOOLS.checksum.SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"))
        .file("usr/abc", "abc")
        .pax(record("path", "usr/" + "é".repeat(60)), record("SCHILY.xattr.user.x", "y"))
        .file("usr/short", "x".repeat(600))
        .link("usr/l", '2', "abc")
        .link("usr/h", '1', "usr/abc")
        .end();
  }

  /** Adds bytes as they are. */
  public RawTar bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public RawTar zeros(int blocks) {
    return bytes(new byte[blocks * BLOCK]);
  }

  /** Returns what was written so far, without an end. */
  public byte[] cut() {
    return out.toByteArray();
  }

  /** Returns what was written, ended by two zero blocks. */
  public byte[] end() {
    return zeros(2).cut();
  }
}
