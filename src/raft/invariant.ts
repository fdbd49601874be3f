/** Assertions that stay on: a bug must stop the node that has it, not travel. */

/** A bug in electorate or its driver, never an expected outcome. Report it with the message and the seed. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * Throws {@link InvariantError} unless `condition` holds. A message that has to be built is given as a function,
 * so that it costs nothing where it holds.
 */
export function invariant(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new InvariantError(typeof message === 'string' ? message : message());
}
