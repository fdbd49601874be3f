/** What a report carries of each trial, for the dialog that opens it. */
import { explainTrial, slowestTrials } from '../analysis/explanation.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import type { Trial } from '../analysis/trial.js';
import { formatMs } from './format.js';
import type { PageStory, PageTrial } from './page/data.js';
import { storyOf } from './trial-story.js';

/** So many are told step by step: more would make the file too large to send to anybody. */
export const mostTold = 600;

/**
 * All of them, in order.
 * @param most how many are told step by step
 * @param prefix in front of each name
 */
export function pageTrials(result: ElectionBenchResult, most: number = mostTold, prefix = ''): PageTrial[] {
  const told = toldTrials(result.trials, most);
  const of = prefix === '' ? ` of ${result.trials.length}` : '';
  return result.trials.map((trial, i) =>
    pageTrial(
      `${prefix}Trial ${i + 1}${of}`,
      trial,
      told.has(i) ? storyOf(trial, explainTrial(result, i)) : null,
    ),
  );
}

/** Of more than `most`: half of the places for the slowest, the others for every k-th. */
export function toldTrials(trials: readonly Trial[], most: number = mostTold): Set<number> {
  const recorded = trials.flatMap(({ timeline }, i) => (timeline === null ? [] : [i]));
  if (recorded.length <= most) return new Set(recorded);
  const slowest = slowestTrials(trials, recorded.length).filter((i) => trials[i]?.timeline !== null);
  const stride = Math.ceil(recorded.length / (most / 2));
  return new Set([
    ...slowest.slice(0, most / 2),
    ...recorded.filter((_trial, place) => place % stride === 0),
  ]);
}

function pageTrial(name: string, trial: Trial, story: PageStory | null): PageTrial {
  const { phases } = trial;
  const inOrder = [
    phases.detect,
    phases.lostRounds,
    phases.preVote,
    phases.vote,
    phases.establish,
    phases.ready,
  ];
  return {
    name,
    crashed: trial.crashed,
    winner: trial.winner,
    phases: inOrder.map((time) => Number(time.toFixed(3))),
    marks: trial.marks,
    facts: factsOf(trial),
    story,
  };
}

function ms(value: number): string {
  return `${formatMs(value)} ms`;
}

function factsOf(trial: Trial): [string, string][] {
  const refusals = Object.entries(trial.refusals).map(([reason, times]) => `${reason} ${times}`);
  const facts: (readonly [string, string | null])[] = [
    ['known to all after', ms(trial.knownMs)],
    ['first write of a client after', trial.outageMs === null ? null : ms(trial.outageMs)],
    ['rounds', String(trial.rounds)],
    ['term steps', String(trial.termSteps)],
    ['split votes', String(trial.splitVotes)],
    ['refusals', refusals.length === 0 ? 'none' : refusals.join(', ')],
    ['timer of the winner, late', trial.timerLatenessMs === null ? null : ms(trial.timerLatenessMs)],
    ['a thread stood still', trial.lostMs === 0 ? null : ms(trial.lostMs)],
    ['router behind', trial.routerLagMs === null ? null : ms(trial.routerLagMs)],
    ['the measuring thread behind', trial.observerLagMs === null ? null : ms(trial.observerLagMs)],
    ['messages', trial.messages === null ? null : String(trial.messages)],
    ['marks', trial.marks.length === 0 ? null : trial.marks.join(', ')],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
