/** The core's one entry point. */
import type { Effect } from './effects.js';
import type { Input } from './inputs.js';
import type { RaftState } from './state.js';
import type { Time } from './time.js';

/**
 * One atomic turn of a node: mutates `state`, returns what is to be done, in order.
 * Same state, input and time: same result. Effects share no mutable memory with the state.
 * @throws InvariantError on a bug of the core or its driver.
 */
export function step(_state: RaftState, _input: Input, _time: Time): Effect[] {
  return [];
}
