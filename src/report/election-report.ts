/** The result of an election benchmark as text, beside the ideal. */
import type { ElectionBenchResult, ElectionSummary, IdealComparison } from '../analysis/election-result.js';
import { idealCdf } from '../analysis/ideal.js';
import type { Summary } from '../analysis/statistics.js';
import type { Phases } from '../analysis/trial.js';
import { patienceWords, timeoutWord } from '../analysis/wording.js';
import type { ResolvedClusterOptions } from '../options.js';
import type { Delay } from '../delay.js';
import { cdfPlot, shareOf } from './cdf-plot.js';
import { beginningOf, titleOf } from './fault-words.js';
import { formatChange, formatMs, grainMs } from './format.js';
import { machineLine, runtimeLine } from './machine-line.js';
import { textTable } from './text-table.js';

/** Several lines, the last without a line break. */
export function electionReport(result: ElectionBenchResult): string {
  const { head, rows } = electionTable(result);
  const parts = [
    electionHeading(result).join('\n'),
    textTable(head, rows),
    plot(result),
    electionNotes(result).join('\n'),
  ];
  return parts.join('\n\n');
}

/** Crash → elected as cumulative shares, beside the ideal where there is one. */
function plot({ trials, ideal, options }: ElectionBenchResult): string {
  const sorted = trials.map(({ electedMs }) => electedMs).toSorted((a, b) => a - b);
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  const beginning = beginningOf(options.fault);
  const measured = { mark: '●', shareAt: shareOf(sorted) };
  if (ideal === null) {
    const frame = { fromMs: least, toMs: Math.max(most, least + grainMs) };
    return `${beginning} → elected   ● measured\n${cdfPlot([measured], frame)}`;
  }
  const fromMs = Math.min(least, ideal.minMs);
  const best = { mark: '·', shareAt: (ms: number): number => idealCdf(ideal.input, ms) };
  const frame = { fromMs, toMs: Math.max(most, ideal.meanMs, fromMs + grainMs) };
  return `${beginning} → elected   ● measured   · ideal\n${cdfPlot([measured, best], frame)}`;
}

/** What was measured, with which options, and where. */
export function electionHeading(
  result: ElectionBenchResult,
): [title: string, options: string, place: string] {
  const { trials, options } = result;
  const simulated = options.engine === 'simulation';
  return [
    `${titleOf(options.fault)}, ${simulated ? 'simulated, ' : ''}${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}`,
    optionsLine(options.cluster, costsOf(options)),
    simulated ? runtimeLine(result.machine) : machineLine(result.machine),
  ];
}

/** The phases and their sums, measured, and beside the ideal where there is one. */
export function electionTable({ summary, summaryUnmarked, trials, ideal, options }: ElectionBenchResult): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const expected = ideal === null ? null : idealPhases(ideal);
  const { phases } = summary;
  const beginning = beginningOf(options.fault);
  // Beside all trials, never in place of them.
  const unmarkedRows =
    summaryUnmarked === null || summaryUnmarked.electedMs.count === trials.length
      ? []
      : [
          row('without stalls, → elected', summaryUnmarked.electedMs, ideal?.meanMs),
          row('without stalls, → ready', summaryUnmarked.readyMs, ideal?.readyMeanMs),
        ];
  const head = ['ms', 'min', 'p50', 'p90', 'p99', 'max', 'mean', '95 % CI'];
  return {
    head: ideal === null ? head : [...head, 'ideal mean'],
    rows: [
      row('detect', phases.detect, expected?.detect),
      row('lost rounds', phases.lostRounds, expected?.lostRounds),
      row('pre-vote', phases.preVote, expected?.preVote),
      row('vote', phases.vote, expected?.vote),
      row('establish', phases.establish, expected?.establish),
      row('ready', phases.ready, expected?.ready),
      row(`${beginning} → elected`, summary.electedMs, ideal?.meanMs),
      row(`${beginning} → established`, summary.establishedMs, expected?.established),
      row(`${beginning} → ready`, summary.readyMs, ideal?.readyMeanMs),
      row(`${beginning} → known`, summary.knownMs, ideal?.knownMeanMs),
      ...unmarkedRows,
      ...(summary.outageMs === null ? [] : [row(`${beginning} → client write`, summary.outageMs, undefined)]),
    ],
  };
}

/** How far that is from the ideal, what the ideal was made of, and what happened in the elections; one line each. */
export function electionNotes(result: ElectionBenchResult): string[] {
  const { ideal, summary } = result;
  const about = [contestLine(result), marksLine(result)];
  if (ideal === null) return ['How long this takes at best has no closed form.', ...about];
  return [
    `The mean of ${beginningOf(result.options.fault)} → elected is ${formatMs(summary.electedMs.mean)}, ${againstIdeal(summary, ideal)}. ` +
      `The ideal ranges from ${formatMs(ideal.minMs)} to ${formatMs(ideal.maxMs)} and has no split votes${splitVotes(ideal)}.`,
    `The ideal takes this run's own costs: a message ${formatMs(ideal.input.delayMs)}, the candidate's write ` +
      `${formatMs(ideal.input.candidateWriteMs)}, a voter's ${formatMs(ideal.input.voterWriteMs)}, a log write ${formatMs(ideal.input.logWriteMs)}.`,
    ...about,
  ];
}

function row(name: string, measured: Summary, idealMs: number | undefined): string[] {
  const { min, p50, p90, p99, max, mean, meanCi95 } = measured;
  const half = meanCi95 === null ? '' : `± ${formatMs(meanCi95[1] - mean)}`;
  const cells = [name, ...[min, p50, p90, p99, max, mean].map(formatMs), half];
  return idealMs === undefined ? cells : [...cells, formatMs(idealMs)];
}

/** In ms first: a percentage says little where the ideal itself is a few ms, as with an exit notice. */
export function againstIdeal({ electedMs }: ElectionSummary, ideal: IdealComparison): string {
  const over = electedMs.mean - ideal.meanMs;
  const side = over < 0 ? 'below' : 'over';
  return `${formatMs(Math.abs(over))} ms (${formatChange(ideal.meanExcess)}) ${side} the ideal ${formatMs(ideal.meanMs)}`;
}

function splitVotes({ splitVoteProbability, meanWithSplitVotesMs }: IdealComparison): string {
  if (splitVoteProbability === null || meanWithSplitVotesMs === null) return '';
  const percent = (splitVoteProbability * 100).toPrecision(2);
  return `; with them (${percent} % of the rounds) its mean would be ${formatMs(meanWithSplitVotesMs)}`;
}

/** The options of a cluster of real threads that decide its figures, seed included: enough to run it again. */
export function clusterLine(options: ResolvedClusterOptions): string {
  return optionsLine(options, [`${options.store} store`]);
}

type Setting = Pick<ElectionBenchResult['options'], 'engine' | 'delays' | 'cluster'>;

/** As {@link clusterLine}, of either engine: what is simulated has delays instead of a store. */
export function settingLine(setting: Setting): string {
  return optionsLine(setting.cluster, costsOf(setting));
}

/** What messages and writes cost: drawn where they are simulated, else a real store, and what is added to messages. */
function costsOf({ engine, delays, cluster }: Setting): string[] {
  const { linkDelay, storeDelay } = delays;
  const added = engine === 'simulation' ? '' : '+';
  return [
    ...(linkDelay === null ? [] : [`message ${added}${delayWord(linkDelay)}`]),
    ...(engine === 'simulation' ? [] : [`${cluster.store} store`]),
    ...(storeDelay === null ? [] : [`write ${added}${delayWord(storeDelay)}`]),
  ];
}

/** As on the command line. */
export function delayWord(delay: Delay): string {
  switch (delay.type) {
    case 'fixed':
      return `${delay.ms}`;
    case 'uniform':
      return `uniform:${delay.minMs}:${delay.maxMs}`;
    case 'lognormal':
      return `lognormal:${delay.medianMs}:${delay.sigma}`;
    case 'longTailed':
      return `long-tailed:${delay.minMs}:${delay.maxMs}`;
    case 'sampled':
      return `sampled from ${delay.ms.length}`;
  }
}

function optionsLine(options: ResolvedClusterOptions, costs: readonly string[]): string {
  const { voters, learners, electionJitterMs, heartbeatMs, retryJitterMs, rules } = options;
  return [
    `${voters.length} nodes${learners.length === 0 ? '' : ` and ${learners.length} learners`}`,
    `T ${timeoutWord(options)}`,
    ...patienceWords(options),
    rules.rankedSuccessors ? `slots of ${options.successorSlotMs}` : `R ${electionJitterMs}`,
    `h ${heartbeatMs}`,
    `r ${retryJitterMs}`,
    ...costs,
    `${options.profile} profile`,
    `exit notice ${rules.exitNotice ? 'on' : 'off'}`,
    `${options.unsafeCombination ? 'UNSAFE combination, ' : ''}seed ${options.seed}`,
  ].join(', ');
}

/**
 * The ideal mean, phase by phase: detection takes the last heartbeat's delay, each question and answer takes two. The
 * first AppendEntries carries the leader's first entry, so its answers stand behind a log write, and commit it too.
 * With an exit notice detection ends with the notice, and the wait before standing counts to the rounds.
 */
function idealPhases({ input, meanMs, readyMeanMs }: IdealComparison): Record<keyof Phases, number> & {
  /** Where the sum stands by then. */
  readonly established: number;
} {
  const { delayMs, candidateWriteMs, voterWriteMs } = input;
  const preVote = input.preVote ? 2 * delayMs : 0;
  const vote = 2 * delayMs + candidateWriteMs + voterWriteMs;
  // With a notice no heartbeat counts.
  const lostRounds = input.heartbeatMs === 0 ? input.electionJitterMs / (input.electable + 1) : 0;
  return {
    detect: meanMs - lostRounds - preVote - vote,
    lostRounds,
    preVote,
    vote,
    establish: readyMeanMs - meanMs,
    ready: 0,
    established: readyMeanMs,
  };
}

function contestLine({ summary, trials }: ElectionBenchResult): string {
  const refusals = new Map<string, number>();
  for (const [reason, times] of trials.flatMap((trial) => Object.entries(trial.refusals))) {
    refusals.set(reason, (refusals.get(reason) ?? 0) + times);
  }
  const parts = [
    `rounds ${summary.rounds.mean.toFixed(2)} a trial`,
    `term steps ${summary.termSteps.mean.toFixed(2)}`,
    `split votes ${summary.splitVotes}`,
    `refusals ${refusals.size === 0 ? 'none' : [...refusals].map(([reason, times]) => `${reason} ${times}`).join(', ')}`,
  ];
  if (summary.messages !== null) parts.push(`messages p50 ${summary.messages.p50}`);
  if (summary.bytes !== null) parts.push(`bytes p50 ${summary.bytes.p50}`);
  return `Contest: ${parts.join('; ')}.`;
}

function marksLine({ summary, trials, options }: ElectionBenchResult): string {
  const lateness = summary.timerLatenessMs;
  const lag = summary.routerLagMs;
  const host = summary.hostLatenessMs;
  const machine = [
    lateness === null ? null : `timer lateness p50 ${formatMs(lateness.p50)}, max ${formatMs(lateness.max)}`,
    lag === null ? null : `router lag p50 ${formatMs(lag.p50)}, max ${formatMs(lag.max)}`,
    host === null
      ? null
      : `an idle thread's wake-up late by p50 ${formatMs(host.p50)}, max ${formatMs(host.max)}`,
  ].filter((part) => part !== null);
  const marked = trials.filter((trial) => trial.marks.length > 0).length;
  const names = Object.entries(summary.marks).map(([name, times]) => `${name} ${times}`);
  const marks =
    marked === 0 ? 'no trial marked' : `${marked} of ${trials.length} trials marked (${names.join(', ')})`;
  return `${options.engine === 'simulation' ? 'Marks' : 'Machine'}: ${[...machine, marks].join('; ')}.`;
}
