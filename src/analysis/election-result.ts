/** What an election benchmark found: the shape of its JSON, its summary, and how far it is from the ideal. Pure. */
import type { ResolvedClusterOptions } from '../options.js';
import { leewayShare } from '../raft/succession.js';
import type { Delay } from '../delay.js';
import type { ClientLoad } from './clients.js';
import type { ElectionFault, ElectionPlan } from './election-plan.js';
import { idealElection, type Ideal, type IdealInput } from './ideal.js';
import type { Machine } from './machine.js';
import { median, summarize, type Summary } from './statistics.js';
import { isStalled, type Cost, type Phases, type Trial, type TrialMark } from './trial.js';

/** The JSON that `electorate bench` writes. All times in ms. */
export interface ElectionBenchResult {
  /** Changes with every change of this shape. */
  readonly schema: 'electorate.election-bench/2';
  readonly machine: Machine;
  readonly options: {
    readonly trials: number;
    /** Null: none, brand-new clusters were started. */
    readonly fault: ElectionFault | null;
    /** Real threads, or the same core in virtual time. */
    readonly engine: 'threads' | 'simulation';
    /** What was asked for, of a message and of a write; null where nothing is added to the real ones. */
    readonly delays: { readonly linkDelay: Delay | null; readonly storeDelay: Delay | null };
    /** Who wrote meanwhile; null: nobody. */
    readonly clients: ClientLoad | null;
    /** As resolved: with every default filled in, the seed included. */
    readonly cluster: ResolvedClusterOptions;
  };
  /** Every trial that was run, in order: nothing is discarded. */
  readonly trials: readonly Trial[];
  readonly summary: ElectionSummary;
  /** Of those trials that no stall of the machine was seen to touch; null where there are none. */
  readonly summaryUnmarked: ElectionSummary | null;
  /** Null where there is no closed form for what happened to the leader. */
  readonly ideal: IdealComparison | null;
}

export interface ElectionSummary {
  readonly phases: { readonly [P in keyof Phases]: Summary };
  readonly electedMs: Summary;
  readonly establishedMs: Summary;
  readonly readyMs: Summary;
  readonly knownMs: Summary;
  /** Null without clients. */
  readonly outageMs: Summary | null;
  /** From the first suspicion to the election: `lostRounds + preVote + vote`. */
  readonly campaignMs: Summary;
  /** Null when no trial has it. */
  readonly timerLatenessMs: Summary | null;
  readonly routerLagMs: Summary | null;
  /** How late a thread that only wakes up did so at worst, in each trial. */
  readonly hostLatenessMs: Summary | null;
  readonly messages: Summary | null;
  readonly bytes: Summary | null;
  readonly rounds: Summary;
  readonly termSteps: Summary;
  /** Over all trials together. */
  readonly splitVotes: number;
  /** In how many trials each mark was set. */
  readonly marks: Readonly<Partial<Record<TrialMark, number>>>;
}

/**
 * The best there could be with these options and the delays and writes that this very run had. Where T adapts, with the
 * least one: what nothing that is late leaves.
 */
export interface IdealComparison extends Ideal {
  /** What it was computed from: d, W1, W2 and the log write are medians over all trials. */
  readonly input: IdealInput;
  /** Mean crash → elected, measured against ideal without split votes: 0.01 is one per cent longer. */
  readonly meanExcess: number;
}

/** @throws RangeError without trials */
export function electionResult(
  plan: ElectionPlan,
  machine: Machine,
  cluster: ResolvedClusterOptions,
  trials: readonly Trial[],
): ElectionBenchResult {
  const { engine, fault, clients, linkDelay, storeDelay } = plan;
  return {
    schema: 'electorate.election-bench/2',
    machine,
    options: { trials: trials.length, fault, engine, delays: { linkDelay, storeDelay }, clients, cluster },
    trials,
    summary: summarizeTrials(trials),
    summaryUnmarked: summarizeUnmarked(trials),
    // Writes are signs of life between the heartbeats.
    ideal: clients === null ? idealAfter(fault, cluster, trials) : null,
  };
}

/** Null where a stall of the machine has touched them all. */
export function summarizeUnmarked(trials: readonly Trial[]): ElectionSummary | null {
  const unmarked = trials.filter((trial) => !isStalled(trial));
  return unmarked.length === 0 ? null : summarizeTrials(unmarked);
}

/** @throws RangeError without trials */
export function summarizeTrials(trials: readonly Trial[]): ElectionSummary {
  const of = (pick: (trial: Trial) => number): Summary => summarize(trials.map(pick));
  const ofKnown = (pick: (trial: Trial) => number | null): Summary | null => {
    const known = trials.map(pick).filter((value) => value !== null);
    return known.length === 0 ? null : summarize(known);
  };
  const marks: Partial<Record<TrialMark, number>> = {};
  for (const name of trials.flatMap((trial) => trial.marks)) marks[name] = (marks[name] ?? 0) + 1;
  return {
    phases: {
      detect: of((trial) => trial.phases.detect),
      lostRounds: of((trial) => trial.phases.lostRounds),
      preVote: of((trial) => trial.phases.preVote),
      vote: of((trial) => trial.phases.vote),
      establish: of((trial) => trial.phases.establish),
      ready: of((trial) => trial.phases.ready),
    },
    electedMs: of((trial) => trial.electedMs),
    establishedMs: of((trial) => trial.establishedMs),
    readyMs: of((trial) => trial.readyMs),
    knownMs: of((trial) => trial.knownMs),
    outageMs: ofKnown((trial) => trial.outageMs),
    campaignMs: of(({ phases }) => phases.lostRounds + phases.preVote + phases.vote),
    timerLatenessMs: ofKnown((trial) => trial.timerLatenessMs),
    routerLagMs: ofKnown((trial) => trial.routerLagMs),
    hostLatenessMs: ofKnown((trial) => trial.host?.latenessMs ?? null),
    messages: ofKnown((trial) => trial.messages),
    bytes: ofKnown((trial) => trial.bytes),
    rounds: of((trial) => trial.rounds),
    termSteps: of((trial) => trial.termSteps),
    splitVotes: trials.reduce((sum, trial) => sum + trial.splitVotes, 0),
    marks,
  };
}

/** The closed form begins with a leader that falls silent: one that is still heard for a while has none. */
function idealAfter(
  fault: ElectionFault | null,
  options: ResolvedClusterOptions,
  trials: readonly Trial[],
): IdealComparison | null {
  switch (fault) {
    case 'crash':
    case 'shutdown':
      return compareWithIdeal(options, trials);
    case 'hang':
    case 'isolate':
    case 'cut-out':
      // Its thread lives, so that there is no notice.
      return compareWithIdeal({ ...options, rules: { ...options.rules, exitNotice: false } }, trials);
    case 'cut-in':
    case 'disk-stall':
    case null:
      return null;
  }
}

/**
 * For leaders that fell silent when they were struck.
 * @throws RangeError without trials
 */
export function compareWithIdeal(options: ResolvedClusterOptions, trials: readonly Trial[]): IdealComparison {
  const input = idealInput(
    options,
    trials.map((trial) => trial.cost),
  );
  const ideal = idealElection(input);
  return { ...ideal, input, meanExcess: summarizeTrials(trials).electedMs.mean / ideal.meanMs - 1 };
}

function idealInput(options: ResolvedClusterOptions, costs: readonly Cost[]): IdealInput {
  const { voters, rules, electionTimeoutMs, electionJitterMs, heartbeatMs, retryJitterMs, successorSlotMs } =
    options;
  const medianOf = (pick: (cost: Cost) => readonly number[]): number => {
    const samples = costs.flatMap(pick);
    return samples.length === 0 ? 0 : median(samples);
  };
  const delayMs = medianOf((cost) => cost.delaysMs);
  const detection = rules.exitNotice
    ? // The silence starts with the notice; its own way stands in for the last heartbeat's.
      {
        electionTimeoutMs: Math.max(0, medianOf((cost) => cost.noticesMs) - delayMs),
        electionJitterMs: rules.rankedSuccessors ? 0 : retryJitterMs,
        heartbeatMs: 0,
      }
    : rules.rankedSuccessors
      ? // The first in line stands early in its slot, and nobody competes.
        {
          electionTimeoutMs: electionTimeoutMs + successorSlotMs * leewayShare,
          electionJitterMs: 0,
          heartbeatMs,
        }
      : { electionTimeoutMs, electionJitterMs, heartbeatMs };
  return {
    ...detection,
    voters: voters.length,
    alive: voters.length - 1,
    // A settled cluster has equal logs.
    electable: voters.length - 1,
    delayMs,
    candidateWriteMs: medianOf((cost) => cost.candidateWritesMs),
    voterWriteMs: medianOf((cost) => cost.voterWritesMs),
    logWriteMs: medianOf((cost) => cost.logWritesMs),
    preVote: rules.preVote,
    retryJitterMs: rules.retryWait ? retryJitterMs : null,
  };
}
