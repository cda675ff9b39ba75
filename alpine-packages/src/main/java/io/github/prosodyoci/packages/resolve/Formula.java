package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sat4j.core.VecInt;
import org.sat4j.minisat.SolverFactory;
import org.sat4j.specs.ContradictionException;
import org.sat4j.specs.ISolver;
import org.sat4j.specs.IVecInt;
import org.sat4j.specs.TimeoutException;

/**
 * A propositional formula in clauses. Variables are positive numbers, and a negative number is the
 * negation. Every clause must hold if all variables are false, so that only assumptions can make it
 * unsatisfiable.
 */
final class Formula {

  /** Genuine worlds need at most some hundreds. */
  private static final int MAX_CONFLICTS = 20_000;

  /** Counted over all calls; genuine worlds need at most some millions. */
  private static final long MAX_DECISIONS = 200_000_000;

  private final ISolver solver = SolverFactory.newDefault();
  private long decisions;

  int newVariable() {
    return solver.nextFreeVarId(true);
  }

  void clause(List<Integer> literals) {
    clause(literals.stream().mapToInt(Integer::intValue).toArray());
  }

  void clause(int... literals) {
    try {
      solver.addClause(new VecInt(literals));
    } catch (ContradictionException e) {
      throw new IllegalStateException("A clause forbids the empty root", e);
    }
  }

  /**
   * Returns the variables that are true in some solution, or null if there is none.
   *
   * @throws FailureException if the search takes too long ({@code limit})
   */
  @Nullable BitSet solve(List<Integer> assumptions) {
    VecInt given = new VecInt(assumptions.stream().mapToInt(Integer::intValue).toArray());
    decisions += solver.nVars();
    if (decisions > MAX_DECISIONS) {
      throw gaveUp(MAX_DECISIONS + " decisions").toException();
    }
    try {
      solver.setTimeoutOnConflicts(MAX_CONFLICTS);
      if (!solver.isSatisfiable(given)) {
        return null;
      }
      BitSet model = new BitSet();
      for (int literal : solver.model()) {
        if (literal > 0) {
          model.set(literal);
        }
      }
      return model;
    } catch (TimeoutException e) {
      throw gaveUp(MAX_CONFLICTS + " conflicts between possible choices").toException(e);
    }
  }

  private static Failure gaveUp(String effort) {
    return Failure.of(
            PackageCode.LIMIT, "choose", "packages for the world", "gave up after " + effort)
        .advising("Name versions or providers in the world to narrow them down.");
  }

  /** Returns assumptions that together made the last {@link #solve} fail. */
  int[] failed() {
    IVecInt core = solver.unsatExplanation();
    return core == null ? new int[0] : Arrays.copyOf(core.toArray(), core.size());
  }
}
