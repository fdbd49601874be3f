/** Two measurements of the same thing: what of their difference is more than chance. Pure. */
import { ElectorateError } from '../errors.js';
import type { ElectionSamples } from './election-samples.js';
import {
  differenceOf,
  kolmogorovSmirnov,
  kolmogorovSmirnovP,
  type Difference,
  type Statistic,
} from './statistics.js';

/** Of all intervals: there are a dozen of them, and at 95 % every other comparison would show something. */
export const comparisonLevel = 0.99;

export type Shown =
  /** The interval of the difference reaches over 0, or there are too few trials for one. */
  'none' | 'better' | 'worse';

/** One figure on both sides. */
export interface ComparedFigure extends Difference {
  readonly name: string;
  readonly statistic: 'mean' | 'p50' | 'p99';
  readonly unit: 'ms' | 'a trial';
  /** Of B against A, in the direction of its size: less is better in every figure there is. */
  readonly shown: Shown;
  /** Whether a regression of it fails a gate. */
  readonly gated: boolean;
}

export interface RunComparison {
  readonly a: { readonly label: string; readonly trials: number };
  readonly b: { readonly label: string; readonly trials: number };
  readonly figures: readonly ComparedFigure[];
  /** Of crash → elected: whether the two distributions differ at all. */
  readonly distance: number;
  readonly distanceP: number;
  /** Gated figures that are worse by more than the bound, with 99 % confidence. */
  readonly regressions: readonly ComparedFigure[];
}

export interface Comparison {
  readonly maxRegression: number;
  /** One for a pair of results, one a cell for a pair of grids. */
  readonly runs: readonly RunComparison[];
  readonly regressed: boolean;
}

/**
 * @param maxRegression how much worse B may be, as a share of A's figure: 0 lets nothing pass that is shown
 * @throws ElectorateError `invalidOption` when the two do not hold the same number of runs
 */
export function compareElections(
  a: readonly ElectionSamples[],
  b: readonly ElectionSamples[],
  maxRegression = 0,
): Comparison {
  if (a.length !== b.length) {
    throw new ElectorateError(
      'invalidOption',
      `Expected both results to hold the same cells, got ${a.length} and ${b.length}`,
      { details: { option: 'results', rule: 'the same cells', value: [a.length, b.length] } },
    );
  }
  const runs = a.flatMap((first, at) => {
    const second = b[at];
    return second === undefined ? [] : [compareRuns(first, second, maxRegression)];
  });
  return { maxRegression, runs, regressed: runs.some(({ regressions }) => regressions.length > 0) };
}

function compareRuns(a: ElectionSamples, b: ElectionSamples, maxRegression: number): RunComparison {
  const electedA = electedOf(a);
  const electedB = electedOf(b);
  const figures = [
    ...(['mean', 'p50', 'p99'] as const).map((statistic) =>
      compareFigure('fault → elected', statistic, electedA, electedB, true),
    ),
    ...(['mean', 'p50', 'p99'] as const).map((statistic) =>
      compareFigure('campaign', statistic, campaignOf(a), campaignOf(b)),
    ),
    ...(['detect', 'lostRounds', 'preVote', 'vote', 'establish', 'ready'] as const).map((phase) =>
      compareFigure(phaseNames[phase], 'mean', a.columns[phase], b.columns[phase]),
    ),
    compareFigure('fault → known', 'mean', a.columns.knownMs, b.columns.knownMs),
    ...(['rounds', 'splitVotes', 'termSteps'] as const).map((count) =>
      compareFigure(countNames[count], 'mean', a.columns[count], b.columns[count]),
    ),
  ];
  const distance = kolmogorovSmirnov(electedA, electedB);
  return {
    a: { label: a.label, trials: electedA.length },
    b: { label: b.label, trials: electedB.length },
    figures,
    distance,
    distanceP: kolmogorovSmirnovP(distance, electedA.length, electedB.length),
    regressions: figures.filter(
      ({ gated, interval, a: before }) => gated && interval !== null && interval[0] > before * maxRegression,
    ),
  };
}

const phaseNames = {
  detect: 'detect',
  lostRounds: 'lost rounds',
  preVote: 'pre-vote',
  vote: 'vote',
  establish: 'establish',
  ready: 'ready',
} as const;

const countNames = { rounds: 'rounds', splitVotes: 'split votes', termSteps: 'term steps' } as const;

const shares = { mean: 'mean', p50: 0.5, p99: 0.99 } as const satisfies Record<string, Statistic>;

function compareFigure(
  name: string,
  statistic: ComparedFigure['statistic'],
  a: readonly number[],
  b: readonly number[],
  gated = false,
): ComparedFigure {
  const difference = differenceOf(a, b, shares[statistic], comparisonLevel);
  const isCount = Object.values<string>(countNames).includes(name);
  return {
    name,
    statistic,
    unit: isCount ? 'a trial' : 'ms',
    ...difference,
    shown: shownBy(difference),
    gated,
  };
}

function shownBy({ interval }: Difference): Shown {
  if (interval === null || (interval[0] <= 0 && interval[1] >= 0)) return 'none';
  return interval[0] > 0 ? 'worse' : 'better';
}

function electedOf({ columns }: ElectionSamples): number[] {
  return columns.detect.map((detect, at) => detect + campaignAt(columns, at));
}

function campaignOf({ columns }: ElectionSamples): number[] {
  return columns.detect.map((_, at) => campaignAt(columns, at));
}

function campaignAt({ lostRounds, preVote, vote }: ElectionSamples['columns'], at: number): number {
  return (lostRounds[at] ?? 0) + (preVote[at] ?? 0) + (vote[at] ?? 0);
}
