/**
 * What `stress()` is asked for and what it found: the shape of its JSON. All times in ms; `atMs` counts from the start
 * of the cell.
 */
import type { Pressure, PressureVerdict } from '../../contention/pressure.js';
import type { ClusterOptions, ResolvedClusterOptions } from '../../options.js';
import type { NodeId, Term } from '../../raft/brands.js';
import type { Machine } from '../machine.js';
import type { Summary } from '../statistics.js';

/** What happens to leaders while they are under pressure. */
export type StressFaults = 'none' | 'crash-every-1s';

/** What `stress()` is asked for. */
export interface StressOptions {
  /** As on the command line, e.g. `burners:4x`; the baseline, `none`, comes first by itself. Default: one of each kind. */
  readonly contentions?: readonly string[] | undefined;
  /** Of one cell. Default 20,000. */
  readonly durationMs?: number | undefined;
  /** How many rounds, each with every contention once. Default 5. */
  readonly repeats?: number | undefined;
  /** Default 'none'. */
  readonly faults?: StressFaults | undefined;
  /** How many open-loop clients write meanwhile. Default 2. */
  readonly clients?: number | undefined;
  /** Between two writes of one client. Default 20. */
  readonly clientIntervalMs?: number | undefined;
  /** Crash leaders for ten seconds more once the pressure has ended, and say how long elections take then. Default false. */
  readonly recovery?: boolean | undefined;
  /** Of each cell. Here `exitNotice` is off unless it is asked for: what is stressed is detection by silence. */
  readonly cluster?: ClusterOptions | undefined;
}

/** How `stress()` is watched, ended and taken up again. */
export interface StressRun {
  /** What a run of the same plan had found before it ended: those cells are not run again, and its seed is kept. */
  readonly earlier?: StressResult | undefined;
  /** Called before a cell begins, `done` of `of` being there; must not throw. */
  readonly onBegin?:
    ((cell: Pick<StressCell, 'contention' | 'round'>, done: number, of: number) => void) | undefined;
  /** Called after a cell with all there is so far, and awaited: what it has written outlives the run. */
  readonly onCell?: ((cell: StressCell, soFar: StressResult) => void | Promise<void>) | undefined;
  /** Ends the run: nothing that was started is left, then the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What was asked for, every default filled in. */
export interface StressPlan {
  /** In the order of a round; the first is the baseline, `none`. */
  readonly contentions: readonly string[];
  readonly durationMs: number;
  readonly repeats: number;
  readonly faults: StressFaults;
  /** Open-loop clients of each cell, and the time between two writes of one. */
  readonly clients: { readonly count: number; readonly intervalMs: number };
  readonly recovery: boolean;
  readonly cluster: ResolvedClusterOptions;
}

/** The JSON. Cells in the order in which they ran: each round has every contention once. */
export interface StressResult {
  readonly schema: 'electorate.stress/1';
  /** Of electorate, by which all cells were measured; missing in files of versions that did not say. */
  readonly version?: string | undefined;
  readonly machine: Machine;
  readonly plan: StressPlan;
  readonly cells: readonly StressCell[];
}

/** One contention, once. */
export interface StressCell {
  readonly contention: string;
  /** 1 in the first round. */
  readonly round: number;
  readonly outcome:
    | ({ readonly type: 'measured' } & StressMeasurement)
    /** It can't be exerted here, e.g. `quota` where cgroups may not be made. */
    | { readonly type: 'skipped'; readonly reason: string }
    /** The cell's process ended, or did not answer, before it had measured. */
    | { readonly type: 'failed'; readonly reason: string };
}

/** What one cell came to. Times in ms. */
export interface StressMeasurement {
  readonly seed: number;
  readonly durationMs: number;
  readonly pressure: Pressure;
  readonly verdict: PressureVerdict;
  readonly counts: StressCounts;
  /** Every time somebody gave the leader up or a term began, in order, with why. */
  readonly incidents: readonly Incident[];
  /** One a crash; empty without faults. */
  readonly failovers: readonly Failover[];
  /** For how long no node led with a quorum behind it, the whole cell together. */
  readonly withoutLeaderMs: number;
  /** As open-loop clients saw it; null without clients. */
  readonly clients: {
    readonly sent: number;
    readonly acknowledged: number;
    readonly refused: number;
    /** Neither acknowledged nor refused: lost leadership, or no answer. */
    readonly unknown: number;
    /** From when a write was due that found no answer to the next acknowledgement, where that took longer than T. */
    readonly outages: number;
    readonly outageMs: number;
    readonly longestOutageMs: number;
  } | null;
  /** Between two signs of life of the leader at a follower, as shares of the T in force. Null: none was heard. */
  readonly heartbeatGaps: Summary | null;
  readonly nodes: readonly StressNode[];
  readonly routerLag: { readonly meanMs: number; readonly maxMs: number; readonly maxDepth: number };
  /** T as the nodes agreed on it over time; one point where it does not adapt. */
  readonly timeouts: readonly { readonly atMs: number; readonly electionTimeoutMs: number }[];
  /** Crash → elected once the pressure had ended; null where it was not looked at. */
  readonly recovery: readonly { readonly atMs: number; readonly electedMs: number }[] | null;
  /**
   * What watching cost, as a share of one core: the processor time of the thread that looks at the others, and for each
   * event what it takes the node to tell it and whoever holds the cluster to hear and keep it, as tried with events of the
   * cell when it was over. The looks at the nodes' statuses, twice a second, are not in it. Null where the system does
   * not say.
   */
  readonly observationShare: number | null;
}

/** What happened in one cell, in numbers. */
export interface StressCounts {
  /** Injected crashes of a leader; one that no leader followed any more has no failover. */
  readonly crashes: number;
  /** Changes of leader or terms begun that no injected loss of a leader explains. */
  readonly falseElections: number;
  /** Of these, the ones that a stall of the host itself explains: longer than T − h, and not done on purpose. */
  readonly explainedByHost: number;
  readonly leaderChanges: number;
  readonly termSteps: number;
  /** Outside of failovers. */
  readonly suspicions: number;
  /** Pre-vote rounds that were refused or ended without a quorum, outside of failovers: what pre-vote saved. */
  readonly savedByPreVote: number;
  readonly nearMisses: number;
  /** Times at which two nodes led in one term. Must be 0. */
  readonly invariantViolations: number;
}

/** How one node bore the cell. Times in ms. */
export interface StressNode {
  readonly node: NodeId;
  /** How long its event loop was kept from its turn, each time it was seen to be. */
  readonly stalls: { readonly count: number; readonly totalMs: number; readonly maxMs: number };
  readonly mailbox: { readonly maxWaiting: number; readonly maxAgeMs: number; readonly dropped: number };
}

/** From the crash of a leader to the next one, in ms: `atMs` since the measurement began, the others since the crash. */
export interface Failover {
  readonly atMs: number;
  readonly crashed: NodeId;
  readonly winner: NodeId;
  readonly term: Term;
  readonly electedMs: number;
  readonly readyMs: number;
  readonly termSteps: number;
}

/** Who was given up by whom, what came of it, and which thread was to blame. */
export interface Incident {
  readonly atMs: number;
  readonly node: NodeId;
  readonly leader: NodeId | null;
  readonly term: Term;
  /**
   * `saved`: a pre-vote that found no quorum; `elected`: somebody else led afterwards; `termStep`: a term began and the
   * old leader, or nobody, led afterwards; `failover`: an injected crash led to it.
   */
  readonly outcome: 'saved' | 'elected' | 'termStep' | 'failover';
  /** It coincides with a stall of the host itself. */
  readonly hostStalled: boolean;
  readonly blame: Blame;
}

/** Why somebody gave a leader up, or a term began. */
export type BlameCause =
  | 'injectedCrash'
  /** Its thread had ended by itself. */
  | 'exited'
  /** A thread was ready, and got no processor. */
  | 'runQueue'
  /** The cgroup's quota had run out. */
  | 'throttled'
  /** The whole process was suspended. */
  | 'suspended'
  /** The hypervisor took the processor. */
  | 'steal'
  /** Its event loop was blocked by work of its own. */
  | 'eventLoop'
  | 'garbageCollection'
  /** It waited for a flush. */
  | 'flush'
  /** The message lay in the mailbox. */
  | 'mailbox'
  | 'router'
  | 'link'
  | 'unknown';

/** The part of the silence that one cause explains best. */
export interface Blame {
  readonly cause: BlameCause;
  /** Whose thread: a node, `supervisor`; null where it is no single one's. */
  readonly thread: string | null;
  /** How long of the silence it covers, and since when. */
  readonly forMs: number;
  readonly sinceMs: number;
  /** One sentence, figures included. */
  readonly evidence: string;
}
