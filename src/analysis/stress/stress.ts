/**
 * The stress run: a baseline and each contention in turn, again and again. Every cell is a process of its own; this one
 * only controls, and sleeps while a cell measures.
 */
import { checkNiceness } from '../../cluster/niceness-option.js';
import { OutsideExertion, outsideRefusal } from '../../contention/outside.js';
import { parseContention } from '../../contention/parse-contention.js';
import { Watchdog } from '../../contention/watchdog.js';
import { ElectorateError } from '../../errors.js';
import { refuseOption, type ClusterOptions } from '../../options.js';
import { describeMachine, type Machine } from '../machine.js';
import { electorateVersion } from '../version.js';
import { CellFailure, CellProcess } from './cell-process.js';
import type { CellTask } from './cell-protocol.js';
import { clearCell } from './clear-cell.js';
import { settingDifference, standingCells } from './earlier.js';
import { planDifference, resolveStressPlan, stressedCluster } from './stress-plan.js';
import type { StressCell, StressOptions, StressPlan, StressResult, StressRun } from './stress-result.js';

/** How long a process may take to begin, and a cluster to settle. */
const beginningMs = 60_000;
/** How much longer than it measures a cell may take until it has measured: to crash leaders and to end burners takes time. */
const endingMs = 120_000;
/** How long it may take for the analysis, and for the recovery before. */
const analysisMs = 120_000;

/**
 * Contentions that can't be exerted here are skipped, with the reason; a cell whose process fails is told as failed. The
 * others run all the same.
 * @throws ElectorateError `invalidOption` before anything is started; `leftBehind` behind the cell that left something,
 * which is told first; the signal's reason
 */
export async function stress(options: StressOptions = {}, run: StressRun = {}): Promise<StressResult> {
  const { earlier, onBegin, onCell, signal = new AbortController().signal } = run;
  const given = seeded(options.cluster, earlier);
  const plan = resolveStressPlan({ ...options, cluster: given });
  const machine = describeMachine();
  checkNiceness(plan.cluster.niceness);
  if (earlier !== undefined) checkEarlier(earlier, plan, machine);
  const refusals = await refusalsOf(plan);

  const cells = earlier === undefined ? [] : standingCells(earlier);
  const due = roundsOf(plan).filter(
    ({ contention, round }) => !cells.some((cell) => cell.contention === contention && cell.round === round),
  );
  const result = (): StressResult => ({
    schema: 'electorate.stress/1',
    version: electorateVersion,
    machine: earlier?.machine ?? machine,
    plan,
    cells: [...cells],
  });
  const of = cells.length + due.length;
  for (const { contention, round } of due) {
    signal.throwIfAborted();
    onBegin?.({ contention, round }, cells.length, of);
    const reason = refusals.get(contention) ?? null;
    const task = taskOf(plan, { contention, round, given });
    const { outcome, left }: Ended =
      reason === null
        ? await runCellProcess(task, { plan, signal })
        : { outcome: { type: 'skipped', reason }, left: null };
    const cell: StressCell = { contention, round, outcome };
    cells.push(cell);
    await onCell?.(cell, result());
    if (left !== null) throw left;
  }
  return result();
}

/** Where none is asked for, a run that goes on keeps its seed. */
function seeded(given: ClusterOptions = {}, earlier: StressResult | undefined): ClusterOptions {
  return { ...given, seed: given.seed ?? earlier?.plan.cluster.seed };
}

function checkEarlier(earlier: StressResult, plan: StressPlan, machine: Machine): void {
  const difference = planDifference(earlier.plan, plan);
  if (difference !== null) {
    const { path, a, b } = difference;
    refuseOption(path, b, `to be as in the run that goes on (${JSON.stringify(a)})`);
  }
  const setting = settingDifference(earlier, { machine, version: electorateVersion });
  if (setting === null) return;
  const what = setting.of === 'version' ? 'version of electorate' : 'machine';
  refuseOption('earlier', setting.earlier, `to be of this ${what} (${setting.now})`);
}

/** By contention: why it can't be exerted here. */
async function refusalsOf({ contentions }: StressPlan): Promise<Map<string, string>> {
  const refusals = new Map<string, string>();
  for (const text of contentions) {
    const reason = await outsideRefusal(parseContention(text));
    if (reason !== null) refusals.set(text, reason);
  }
  return refusals;
}

/** Each round has all of them, and begins with another one: what comes after what is not always the same. */
function roundsOf({ contentions, repeats }: StressPlan): Pick<StressCell, 'contention' | 'round'>[] {
  return Array.from({ length: repeats }, (_, at) => {
    const first = at % contentions.length;
    const order = [...contentions.slice(first), ...contentions.slice(0, first)];
    return order.map((contention) => ({ contention, round: at + 1 }));
  }).flat();
}

/** The cells of one round share a seed. */
function taskOf(
  { durationMs, faults, clients, recovery, cluster }: StressPlan,
  { contention, round, given }: Pick<StressCell, 'contention' | 'round'> & { readonly given: ClusterOptions },
): CellTask {
  const seed = (cluster.seed + round) % Number.MAX_SAFE_INTEGER;
  const started = { ...stressedCluster(given), seed };
  return { contention, durationMs, faults, clients, recovery, cluster: started };
}

interface Around {
  readonly plan: StressPlan;
  readonly signal: AbortSignal;
}

/** What became of a cell, and what is left of it: nothing, as a rule. */
interface Ended {
  readonly outcome: StressCell['outcome'];
  readonly left: ElectorateError | null;
}

/** @throws the signal's reason; by then the cell is cleared away */
async function runCellProcess(task: CellTask, around: Around): Promise<Ended> {
  try {
    return await superviseCell(task, around);
  } catch (error) {
    return { outcome: failedBy(error, around.signal), left: null };
  }
}

/** @throws the signal's reason, and what is no failure of a cell */
function failedBy(error: unknown, signal: AbortSignal): StressCell['outcome'] {
  signal.throwIfAborted();
  if (error instanceof CellFailure || error instanceof ElectorateError) {
    return { type: 'failed', reason: error.message };
  }
  throw error;
}

async function superviseCell(task: CellTask, { plan, signal }: Around): Promise<Ended> {
  // One for each cell: when it is killed, the next has another.
  await using watchdog = await Watchdog.start();
  const contention = parseContention(task.contention);
  const cell = await CellProcess.start();
  let outside: OutsideExertion | null = null;
  let outcome: StressCell['outcome'];
  let left: ElectorateError | null;
  try {
    watchdog.holdFolder(cell.folder);
    outside = await OutsideExertion.prepare(contention, cell.pid, watchdog);
    await cell.hear('ready', beginningMs, signal);
    cell.tell({ type: 'run', task });
    const { electionTimeoutMs, electionJitterMs } = plan.cluster;
    await cell.hear('settled', beginningMs + 50 * (electionTimeoutMs + electionJitterMs), signal);
    outside.begin(task.cluster.seed);
    cell.tell({ type: 'exerted' });
    await cell.hear('measured', task.durationMs + endingMs, signal);
    cell.tell({ type: 'relieved', report: await outside.end() });
    const { measurement } = await cell.hear('analysed', analysisMs, signal);
    outcome = { type: 'measured', ...measurement };
  } catch (error) {
    outcome = failedBy(error, signal);
  } finally {
    left = await clearCell({ cell, outside, watchdog });
  }
  return { outcome, left };
}
