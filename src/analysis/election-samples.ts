/** What a comparison needs of a benchmark, and no more: a column of figures for each part of an election. Pure. */
import { ElectorateError } from '../errors.js';
import type { ElectionBenchResult } from './election-result.js';
import { parseElectionResults } from './read-result.js';
import type { Phases, Trial } from './trial.js';
import { patienceWords, timeoutWord } from './wording.js';

/** Figures of which the rest follows; all but the last three in ms. */
const columns = [
  'detect',
  'lostRounds',
  'preVote',
  'vote',
  'establish',
  'ready',
  'knownMs',
  'rounds',
  'splitVotes',
  'termSteps',
] as const;

/** One run: one figure of each trial in every column. */
export interface ElectionSamples {
  /** Which options they were measured with, for a reader. */
  readonly label: string;
  readonly columns: Readonly<Record<(typeof columns)[number], readonly number[]>>;
}

/** The JSON of runs that are kept to be compared with: small enough to be committed. */
export interface ElectionSamplesFile {
  readonly schema: 'electorate.election-samples/1';
  readonly runs: readonly ElectionSamples[];
}

/** To the microsecond: what is finer says nothing, and fills the file. */
export function samplesOf(result: ElectionBenchResult): ElectionSamples {
  const column = (pick: (trial: Trial) => number): number[] =>
    result.trials.map((trial) => Math.round(pick(trial) * 1000) / 1000);
  const phase = (name: keyof Phases): number[] => column(({ phases }) => phases[name]);
  return {
    label: labelOf(result),
    columns: {
      detect: phase('detect'),
      lostRounds: phase('lostRounds'),
      preVote: phase('preVote'),
      vote: phase('vote'),
      establish: phase('establish'),
      ready: phase('ready'),
      knownMs: column(({ knownMs }) => knownMs),
      rounds: column(({ rounds }) => rounds),
      splitVotes: column(({ splitVotes }) => splitVotes),
      termSteps: column(({ termSteps }) => termSteps),
    },
  };
}

/**
 * Of one result, of each in a grid, or as they were kept.
 * @param source names the text in errors
 * @throws ElectorateError `resultUnreadable`
 */
export function parseElectionSamples(text: string, source: string): readonly ElectionSamples[] {
  if (!text.includes('"electorate.election-samples/1"')) {
    return parseElectionResults(text, source).map(samplesOf);
  }
  const { runs } = parseJson(text, source);
  if (!Array.isArray(runs) || runs.length === 0) throw unreadable(source, '`runs` with samples');
  return runs.map((run, at) => checkRun(run, source, at));
}

function parseJson(text: string, source: string): Partial<ElectionSamplesFile> {
  try {
    return JSON.parse(text) as Partial<ElectionSamplesFile>;
  } catch (error) {
    throw unreadable(source, 'JSON, and all of it', error);
  }
}

function checkRun(run: ElectionSamples, source: string, at: number): ElectionSamples {
  const count = run?.columns?.detect?.length ?? 0;
  for (const name of columns) {
    const column: unknown = run?.columns?.[name];
    const isWhole =
      Array.isArray(column) &&
      column.length === count &&
      column.every((figure) => typeof figure === 'number');
    if (!isWhole || count === 0) {
      throw unreadable(source, `\`runs[${at}].columns.${name}\` with as many numbers as trials`);
    }
  }
  return { label: String(run.label), columns: run.columns };
}

function unreadable(source: string, rule: string, cause?: unknown): ElectorateError {
  return new ElectorateError('resultUnreadable', `Expected ${source} to hold ${rule}`, {
    details: { file: source },
    cause,
  });
}

function labelOf({ options }: ElectionBenchResult): string {
  const { engine, fault, cluster } = options;
  const { voters, electionJitterMs, successorSlotMs, rules } = cluster;
  return [
    engine,
    `${voters.length} nodes`,
    `T ${timeoutWord(cluster)}`,
    ...patienceWords(cluster),
    rules.rankedSuccessors ? `slots of ${successorSlotMs}` : `R ${electionJitterMs}`,
    `h ${cluster.heartbeatMs}`,
    `r ${cluster.retryJitterMs}`,
    `${cluster.profile} profile`,
    `exit notice ${rules.exitNotice ? 'on' : 'off'}`,
    fault,
  ].join(', ');
}
