/** Advised timeouts as text: the formulas with their numbers, what they predict, and whether that came true. */
import { tolerance } from '../analysis/advice-verdict.js';
import type { Advice, AdviceBasis } from '../analysis/advice.js';
import type { AdviceResult } from '../analysis/advising.js';
import { formatChange, formatMs } from './format.js';
import { machineLine } from './machine-line.js';
import { textTable } from './text-table.js';

/** Several lines, the last without a line break. */
export function adviceReport(result: AdviceResult): string {
  const { advice, machine } = result;
  const { wishes } = advice.basis;
  return [
    `Timeouts for ${wishes.nodes} nodes, ${wishes.profile} profile`,
    machineLine(machine),
    '',
    costsLine(result),
    stallsLine(advice.basis, result.measured.loopLag),
    '',
    flagsLine(advice),
    '',
    ...formulas(advice),
    '',
    predictionTable(result),
    falseElectionsLine(result),
    verdictLine(result),
    ...result.verification.reasons.map((reason) => `  Why: ${reason}.`),
  ].join('\n');
}

/** To be pasted behind `electorate up` or `bench`. */
function flagsLine(advice: Advice): string {
  const { electionTimeoutMs, electionJitterMs, heartbeatMs, retryJitterMs, successorSlotMs } = advice;
  const flags = [
    `--election-timeout ${electionTimeoutMs} --election-jitter ${electionJitterMs} --heartbeat ${heartbeatMs}`,
    `--retry-jitter ${retryJitterMs}`,
  ];
  if (advice.basis.wishes.profile === 'standard') flags.push(`--successor-slot ${successorSlotMs}`);
  return flags.join(' ');
}

/** Whether what stands there was measured on this machine. */
function origin(measured: boolean): string {
  return measured ? 'measured' : 'given';
}

function costsLine({ advice, measured }: AdviceResult): string {
  const { delayMs, writeMs } = advice.basis.costs;
  return (
    `A round trip takes ${formatMs(2 * delayMs)} ms (${origin(measured.roundTrip)}: d ${formatMs(delayMs)}), ` +
    `a flush ${formatMs(writeMs)} ms (${origin(measured.flush)}: W1, W2).`
  );
}

function stallsLine({ costs: { stalls }, tail, wishes }: AdviceBasis, measured: boolean): string {
  if (stalls === null || tail === null) {
    return `A leader's loop may stand still for ${formatMs(wishes.toleratedStallMs)} ms (${origin(measured)}).`;
  }
  const { lengthsMs, leastMs, watchedMs } = stalls;
  const seen = `${lengthsMs.length} stalls of more than ${formatMs(leastMs)} ms in ${(watchedMs / 1000).toFixed(0)} s`;
  const longest = lengthsMs.length === 0 ? '' : `, the longest ${formatMs(Math.max(...lengthsMs))} ms`;
  return (
    `The threads of a leader and its router had ${seen}${longest} (measured);\n` +
    `longer than ${formatMs(tail.fromMs)} ms they are taken to come as B^−${tail.exponent.toFixed(1)}.`
  );
}

function formulas(advice: Advice): string[] {
  const { electionTimeoutMs, electionJitterMs, heartbeatMs, retryJitterMs, successorSlotMs, basis } = advice;
  const { wishes, windowMs, rivals: m, lostRoundMs, bestJitterMs, leastTimeoutMs, tail } = basis;
  const s = wishes.nodes - 1;
  const standard = wishes.profile === 'standard';
  const rate =
    tail === null ? '' : `false elections at ${wishes.falseElectionsPerHour} an hour at the most; `;
  const lines = [
    `T = ${electionTimeoutMs}: ${rate}at least ${formatMs(leastTimeoutMs)}, which is ten times 2d + W, or the stall to be tolerated and h.`,
    `    A leader that stands still for B ms is given up with P(B) = [G(B−T+h) − G(B−T)]/h: never up to T − h = ${formatMs(electionTimeoutMs - heartbeatMs)}.`,
    '    G(y) = y − R/(s+1)·(1 − (1−y/R)^(s+1)), and false elections are the sum of P over the stalls.',
    `h = ${heartbeatMs}: T/(k+2), so that k = ${wishes.lostHeartbeats} heartbeats in a row may be lost.`,
  ];
  if (standard) {
    lines.push(
      `σ = ${successorSlotMs}: three campaigns of 4d + W1 + W2: each ranked successor stands when the one before has failed.`,
      '    The first stands σ/8 after T, when the last heartbeat has surely reached the others: put T + σ/8 for T, 0 for R.',
    );
  }
  lines.push(
    `R = ${electionJitterMs}${standard ? ', where nobody has a rank, as at the start' : ''}: R* = [(s+1)·m·C(s,m)·L·w^m]^(1/(m+1)) = ${formatMs(bestJitterMs)}, and at least 10·w.`,
    `    s = ${s} survivors, m = ${m} ${m === 1 ? 'rival splits' : 'rivals split'} a vote, a candidacy is unknown for w = ${formatMs(windowMs)},`,
    `    and a lost round costs L = ${formatMs(lostRoundMs)}: ${standard ? '4d + W1 + W2 + r/(s+1)' : 'another timeout'}.`,
  );
  if (standard)
    lines.push(`r = ${retryJitterMs}: R* again, since a retry collides as a first candidacy does.`);
  lines.push(
    `Mean: T + R/(s+1) − h/2 + ${standard ? 5 : 3}d + W1 + W2 + p/(1−p)·L, with p = P[Binomial(s, w/R) ≥ m]${standard ? ', 0 for ranked successors' : ''}.`,
    'p99: of F(t) = [G(z+h) − G(z)]/h with z = t − T − the campaign; each lost round comes L later.',
  );
  return lines;
}

function predictionTable({ predictions, verification }: AdviceResult): string {
  const { closedForms, simulation } = predictions;
  const { summary, engine } = verification;
  const { mean, p99, count } = summary.electedMs;
  return textTable(
    ['crash → elected, ms', 'mean', 'p99', 'split votes'],
    [
      row('closed forms', closedForms.meanMs, closedForms.p99Ms, closedForms.splitVotes),
      row('simulated, costs as above', simulation.meanMs, simulation.p99Ms, simulation.splitVotes),
      row(
        engine === 'threads' ? `tried on threads, ${count}` : `tried in simulation, ${count}`,
        mean,
        p99,
        summary.splitVotes / count,
      ),
    ],
  );
}

function row(name: string, meanMs: number, p99Ms: number, splitVotes: number): string[] {
  return [name, formatMs(meanMs), formatMs(p99Ms), `${(100 * splitVotes).toPrecision(2)} %`];
}

function falseElectionsLine({ advice, verification }: AdviceResult): string {
  const { falseElectionsPerHour } = advice.expected;
  const expected =
    falseElectionsPerHour === null
      ? 'False elections: none by stalls up to T − h; no rate is known.'
      : `False elections: ${falseElectionsPerHour.toPrecision(2)} an hour expected.`;
  const { idle } = verification;
  if (idle === null) return expected;
  return `${expected} Seen in ${(idle.watchedMs / 1000).toFixed(0)} idle seconds: ${idle.falseElections}.`;
}

function verdictLine({ verification }: AdviceResult): string {
  const { holds, meanError, p99Error, against, engine } = verification;
  const prediction = against === 'simulation' ? 'the simulated prediction' : 'the closed forms';
  return (
    `${holds ? 'The advice holds' : 'The advice FAILED'} ${engine === 'threads' ? 'on threads' : 'in simulation'}: ` +
    `mean ${formatChange(meanError)} (within ${100 * tolerance.mean} %), ` +
    `p99 ${formatChange(p99Error)} (within ${100 * tolerance.p99} %) against ${prediction}.`
  );
}
