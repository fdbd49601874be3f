/** What the nodes of a simulated world observe, in the shape in which real ones report it. */
import type { Cause, NodeEvent } from '../actor/protocol.js';
import type { ObserveEffect } from '../raft/effects.js';
import type { Input } from '../raft/inputs.js';
import type { Message } from '../raft/messages.js';
import type { ElectionContext } from '../simulation/elections.js';
import type { SimulatedNode } from '../simulation/node.js';
import type { World } from '../simulation/world.js';

/** For one world. */
export class WorldRecorder {
  readonly events: NodeEvent[] = [];
  readonly context: ElectionContext;
  readonly #sentMs = new WeakMap<Message, number>();
  readonly #causes: Cause[] = [];
  readonly #writesBeganMs: number[] = [];
  readonly #sends: { readonly atMs: number; readonly message: Message }[] = [];
  #world: World | null = null;

  constructor() {
    this.context = {
      began: (world) => {
        this.#world = world;
      },
      observed: (_world, node, effect) => this.#observed(node, effect),
      observer: {
        stepped: (node, input) => this.#stepped(node, input),
        sent: (_node, message) => {
          this.#sentMs.set(message, this.#nowMs);
          this.#sends.push({ atMs: this.#nowMs, message });
        },
        written: (node, { hardState, entries }) => this.#written(node, hardState !== null, entries.length),
      },
    };
  }

  sentSince(fromMs: number): Message[] {
    return this.#sends.filter(({ atMs }) => atMs >= fromMs).map(({ message }) => message);
  }

  get #nowMs(): number {
    return this.#world?.nowMs ?? 0;
  }

  #stepped(node: SimulatedNode, input: Input): void {
    const nowMs = this.#nowMs;
    const message = input.type === 'message' ? input.message : null;
    this.#writesBeganMs[node.index] = nowMs;
    this.#causes[node.index] = {
      id: input.id,
      kind: message?.type ?? (input.type === 'message' ? 'driver' : input.type),
      deadlineMs: null,
      timer: input.type === 'timer' ? input.timer : null,
      from: message?.from ?? null,
      sentMs: message === null ? null : (this.#sentMs.get(message) ?? null),
      arrivedMs: input.type === 'message' ? input.arrived.nowMs : null,
      handledMs: nowMs,
    };
  }

  #observed(node: SimulatedNode, { id, event }: ObserveEffect): void {
    this.events.push({ ...event, ...this.#stamp(node, id) });
  }

  #written(node: SimulatedNode, hardState: boolean, entries: number): void {
    const durationMs = this.#nowMs - (this.#writesBeganMs[node.index] ?? this.#nowMs);
    this.#writesBeganMs[node.index] = this.#nowMs;
    this.events.push({ type: 'written', durationMs, hardState, entries, ...this.#stamp(node, 0) });
  }

  #stamp(
    { id: node, index, state }: SimulatedNode,
    id: number,
  ): Pick<NodeEvent, 'id' | 'cause' | 'node' | 'incarnation' | 'atMs'> {
    const cause = this.#causes[index] ?? startCause;
    return { id, cause, node, incarnation: state.incarnation, atMs: this.#nowMs };
  }
}

const startCause: Cause = {
  id: 0,
  kind: 'start',
  deadlineMs: null,
  timer: null,
  from: null,
  sentMs: null,
  arrivedMs: null,
  handledMs: 0,
};
