package io.github.prosodyoci.compile.elf;

import java.util.List;
import java.util.Optional;

/**
 * The headers of an ELF file (System V ABI, "gABI" chapters 4 and 5).
 *
 * @param type the object file type
 * @param machine the machine's number: 62 is x86-64, 183 is AArch64
 * @param interpreter the loader that the file names ({@code PT_INTERP})
 * @param soname the name it is linked by ({@code DT_SONAME})
 * @param needed the shared objects that it needs, in this order ({@code DT_NEEDED})
 * @param runpath where the loader also looks ({@code DT_RUNPATH} and {@code DT_RPATH}), as written
 * @param positionIndependent whether it is a shared object or a position-independent executable
 * @param relro whether the loader makes its relocated data read-only ({@code PT_GNU_RELRO})
 * @param bindNow whether all symbols are bound at start ({@code DF_BIND_NOW} or {@code DF_1_NOW})
 * @param executableStack whether it needs an executable stack, or does not say that it needs none
 * @param textRelocations whether the loader must write into its code
 * @param stripped whether it has no symbol table ({@code SHT_SYMTAB})
 */
public record ElfFile(
    Type type,
    int machine,
    Optional<String> interpreter,
    Optional<String> soname,
    List<String> needed,
    List<String> runpath,
    boolean positionIndependent,
    boolean relro,
    boolean bindNow,
    boolean executableStack,
    boolean textRelocations,
    boolean stripped) {

  /** The object file types. */
  public enum Type {
    /** Relocatable: a {@code .o} file. */
    RELOCATABLE,
    /** An executable at a fixed address. */
    EXECUTABLE,
    /** A shared object, or a position-independent executable. */
    SHARED,
    /** A memory dump, or something yet unknown. */
    OTHER
  }

  /** Copies the lists. */
  public ElfFile {
    needed = List.copyOf(needed);
    runpath = List.copyOf(runpath);
  }

  /** Returns whether the file can be loaded: an executable or a shared object. */
  public boolean loadable() {
    return type == Type.EXECUTABLE || type == Type.SHARED;
  }

  /**
   * Returns whether everything that the loader relocates is read-only from the first instruction.
   */
  public boolean fullRelro() {
    return relro && (bindNow || (needed.isEmpty() && interpreter.isEmpty()));
  }
}
