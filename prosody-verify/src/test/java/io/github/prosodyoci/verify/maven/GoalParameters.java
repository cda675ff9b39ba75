package io.github.prosodyoci.verify.maven;

import java.lang.reflect.Field;

/** The parameters of a goal, for tests that call it without Maven. */
public final class GoalParameters {

  private GoalParameters() {}

  /** Sets a parameter as Maven does, which knows those of the superclass too. */
  public static void set(Object goal, String parameter, Object value) throws Exception {
    Class<?> type = goal.getClass();
    while (true) {
      try {
        Field field = type.getDeclaredField(parameter);
        field.setAccessible(true);
        field.set(goal, value);
        return;
      } catch (NoSuchFieldException e) {
        type = type.getSuperclass();
      }
    }
  }
}
