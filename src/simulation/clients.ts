/** Simulated clients of a replicated register per key: they write, read through the log, and remember what they saw. */
import type { ProposalOutcome } from '../raft/effects.js';
import type { Entry, JsonValue } from '../raft/log.js';
import { drawBetween, type RandomState } from '../raft/random.js';
import { drawInt } from './faults.js';
import { checkLinearizability, drawHistory, type Operation } from './linearizability.js';
import type { SimulatedNode } from './node.js';
import { SafetyViolation } from './safety.js';
import type { World } from './world.js';

const keys = 3;
const clients = 4;
/** A client gives up after this, and goes on as a new one: its last operation may happen yet. */
const patienceMs = 400;

interface Call {
  readonly client: number;
  readonly key: number;
  readonly write: number | null;
  readonly calledMs: number;
}

export class Clients {
  readonly #random: RandomState;
  readonly #history: Operation[] = [];
  readonly #open = new Map<number, Call>();
  #nextRequestId = 1;
  #nextValue = 1;
  #names = Array.from({ length: clients }, (_, client) => client);
  #nextName = clients;

  constructor(random: RandomState) {
    this.#random = random;
  }

  /** Operations whose outcome is known, so far. */
  get completed(): number {
    return this.#history.length;
  }

  /** One client that is free calls something, of the leader or of anybody. Returns when to call again. */
  act(world: World): number {
    this.#giveUp(world.nowMs);
    const calls = [...this.#open.values()];
    const free = this.#names.filter((name) => !calls.some(({ client }) => client === name));
    const client = free[drawInt(this.#random, Math.max(1, free.length))];
    const key = drawInt(this.#random, keys);
    const write = drawInt(this.#random, 2) === 0 ? this.#nextValue++ : null;
    const leader = drawInt(this.#random, 4) === 0 ? undefined : world.leader();
    const node = leader ?? world.nodes[drawInt(this.#random, world.nodes.length)];
    if (client !== undefined && node !== undefined) {
      const requestId = this.#nextRequestId++;
      this.#open.set(requestId, { client, key, write, calledMs: world.nowMs });
      const value = write === null ? { read: key } : { write: key, value: write };
      if (!world.propose(node.id, value, requestId)) this.#open.delete(requestId);
    }
    return drawBetween(this.#random, 0, 60);
  }

  /** To be told of every reply. */
  replied(node: SimulatedNode, requestId: number, outcome: ProposalOutcome, nowMs: number): void {
    const call = this.#open.get(requestId);
    if (call === undefined) return;
    this.#open.delete(requestId);
    if (outcome.type === 'committed') {
      this.#note(call, valueAt(node.state.log.entries, call.key, outcome.index), nowMs);
    } else if (outcome.type === 'outcomeUnknown') {
      this.#note(call, null, null);
    }
  }

  /** @throws SafetyViolation with a drawing of the history when one key's has no explanation. */
  check(): void {
    this.#giveUp(Number.POSITIVE_INFINITY);
    const verdict = checkLinearizability(this.#history);
    if (!verdict.linearizable) {
      throw new SafetyViolation('linearizability', `no order explains this history\n${drawHistory(verdict)}`);
    }
  }

  #giveUp(nowMs: number): void {
    for (const [requestId, call] of this.#open) {
      if (nowMs - call.calledMs < patienceMs) continue;
      this.#open.delete(requestId);
      this.#note(call, null, null);
      this.#names = this.#names.map((name) => (name === call.client ? this.#nextName++ : name));
    }
  }

  #note({ client, key, write, calledMs }: Call, read: number | null, returnedAt: number | null): void {
    // A read that nobody answered says nothing.
    if (write === null && returnedAt === null) return;
    this.#history.push({
      client: `c${client}`,
      key: `k${key}`,
      kind: write === null ? 'read' : 'write',
      value: write === null ? (read === null ? null : String(read)) : String(write),
      calledAt: calledMs,
      returnedAt,
    });
  }
}

/** What a replica's register holds once it has applied everything up to `index`. */
function valueAt(entries: readonly Entry[], key: number, index: number): number | null {
  for (let at = index - 1; at >= 0; at -= 1) {
    const payload = entries[at]?.payload;
    if (payload?.type !== 'command') continue;
    const { value } = payload;
    if (isWrite(value) && value.write === key) return value.value;
  }
  return null;
}

function isWrite(value: JsonValue): value is { readonly write: number; readonly value: number } {
  return typeof value === 'object' && value !== null && 'write' in value;
}
