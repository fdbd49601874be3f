/** Open-loop writers: each sends on its beat, whatever became of what it sent before. What they miss is the outage. */
import { setMaxListeners } from 'node:events';
import { sharedNowMs } from '../actor/clock.js';
import type { Cluster, NodeHandle } from '../cluster/cluster.js';
import { ElectorateError } from '../errors.js';
import type { NodeId } from '../raft/brands.js';

export interface ClientLoad {
  readonly count: number;
  /** Between two writes of one client, in ms; the clients take turns. */
  readonly intervalMs: number;
}

/** A write that was acknowledged; on the shared clock. */
export interface Acknowledged {
  readonly sentMs: number;
  readonly ackedMs: number;
  /** Of the leader that committed it. */
  readonly term: number;
}

/** What was written, and what became of the writes that were answered. */
export interface Answered {
  /** When each write that was sent was due, on the shared clock: before it was sent, where the thread was late. */
  readonly dueMs: readonly number[];
  readonly acknowledged: readonly Acknowledged[];
  /** Nothing was replicated. */
  readonly refused: number;
}

/** What clients need of a cluster. */
export interface WrittenCluster {
  readonly options: Pick<Cluster['options'], 'voters' | 'electionTimeoutMs'>;
  node(id: NodeId): Pick<NodeHandle, 'propose'>;
}

/** They write from when they are made until they are disposed of. On the thread that holds the cluster. */
export class Clients implements Disposable {
  readonly #ended = new AbortController();
  readonly #acknowledged: Acknowledged[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #dueMs: number[] = [];
  #refused = 0;
  #onAcknowledged: () => void = () => {};

  /** @param leader whom they ask first */
  constructor(cluster: WrittenCluster, { count, intervalMs }: ClientLoad, leader: NodeId) {
    const { signal } = this.#ended;
    // One a write under way: more than Node.js takes for a leak.
    setMaxListeners(0, signal);
    for (let i = 0; i < count; i += 1) {
      const client = new Client(cluster, leader, signal, {
        onAcknowledged: (acknowledged) => {
          this.#acknowledged.push(acknowledged);
          this.#onAcknowledged();
        },
        onRefused: () => {
          this.#refused += 1;
        },
      });
      let dueMs = sharedNowMs() + (i * intervalMs) / count;
      const beat = (): void => {
        const nowMs = sharedNowMs();
        // A thread that stood still is late with its beats: whoever had to write then has waited all the same.
        this.#dueMs.push(Math.min(dueMs, nowMs));
        dueMs = nowMs + intervalMs;
        client.beat();
      };
      const begin = (): void => {
        beat();
        this.#timers.push(setInterval(beat, intervalMs));
      };
      this.#timers.push(setTimeout(begin, (i * intervalMs) / count));
    }
  }

  /** So far; grows. */
  get answered(): Answered {
    return { dueMs: this.#dueMs, acknowledged: this.#acknowledged, refused: this.#refused };
  }

  /**
   * The first acknowledgement of a write that was sent after `sentAfterMs`, by a leader of a term after `afterTerm`. One at
   * a time waits.
   * @throws the signal's reason
   */
  first(sentAfterMs: number, afterTerm: number, signal: AbortSignal): Promise<Acknowledged> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.#acknowledged.find(({ sentMs, term }) => sentMs > sentAfterMs && term > afterTerm);
        if (found === undefined) return;
        this.#onAcknowledged = () => {};
        signal.removeEventListener('abort', giveUp);
        resolve(found);
      };
      const giveUp = (): void => {
        this.#onAcknowledged = () => {};
        reject(signal.reason);
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      this.#onAcknowledged = look;
      look();
    });
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#ended.abort();
  }
}

/** Whom a client asks next; pure but for its own state. */
export class LeaderGuess {
  readonly #ids: readonly NodeId[];
  readonly #patienceMs: number;
  #target: NodeId;
  /** The one that was left because it was silent: others may still take it for the leader. */
  #silent: NodeId | null = null;
  #waitingSinceMs: number | null = null;

  constructor(ids: readonly NodeId[], first: NodeId, patienceMs: number) {
    this.#ids = ids;
    this.#target = first;
    this.#patienceMs = patienceMs;
  }

  /** For a write that is sent now: who does not answer for too long is left. */
  ask(nowMs: number): NodeId {
    if (this.#waitingSinceMs !== null && nowMs - this.#waitingSinceMs > this.#patienceMs) {
      this.#silent = this.#target;
      this.#goTo(this.#next());
    }
    this.#waitingSinceMs ??= nowMs;
    return this.#target;
  }

  acknowledged(by: NodeId): void {
    if (by === this.#target) this.#waitingSinceMs = null;
    this.#silent = null;
  }

  /** @param hint whom it follows, if it said so */
  refused(by: NodeId, hint: NodeId | null): void {
    // An answer to what was asked before one moved on says nothing new.
    if (by !== this.#target) return;
    this.#goTo(hint === null || hint === by || hint === this.#silent ? this.#next() : hint);
  }

  #goTo(target: NodeId): void {
    this.#target = target;
    this.#waitingSinceMs = null;
  }

  #next(): NodeId {
    return this.#ids[(this.#ids.indexOf(this.#target) + 1) % this.#ids.length] ?? this.#target;
  }
}

/** Whom a client tells of its writes. */
interface ClientEvents {
  onAcknowledged(acknowledged: Acknowledged): void;
  onRefused(): void;
}

class Client {
  readonly #cluster: WrittenCluster;
  readonly #guess: LeaderGuess;
  readonly #signal: AbortSignal;
  readonly #events: ClientEvents;

  constructor(cluster: WrittenCluster, leader: NodeId, signal: AbortSignal, events: ClientEvents) {
    const { voters, electionTimeoutMs } = cluster.options;
    this.#cluster = cluster;
    this.#guess = new LeaderGuess(voters, leader, electionTimeoutMs);
    this.#signal = signal;
    this.#events = events;
  }

  beat(): void {
    void this.#write();
  }

  async #write(): Promise<void> {
    const sentMs = sharedNowMs();
    const to = this.#guess.ask(sentMs);
    try {
      const { term } = await this.#cluster.node(to).propose(null, { signal: this.#signal });
      this.#guess.acknowledged(to);
      this.#events.onAcknowledged({ sentMs, ackedMs: sharedNowMs(), term });
    } catch (error) {
      if (this.#signal.aborted) return;
      if (!(error instanceof ElectorateError)) throw error;
      if (error.code !== 'outcomeUnknown') this.#events.onRefused();
      // Still the one to ask: it is busy, or waits for an answer to its heartbeat.
      if (error.code === 'leaderUnconfirmed' || error.code === 'mailboxFull') return;
      const { leaderId } = error.details;
      this.#guess.refused(to, typeof leaderId === 'string' ? (leaderId as NodeId) : null);
    }
  }
}
