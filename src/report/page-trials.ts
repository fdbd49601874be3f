/** What a report carries of each trial, for the dialog that opens it. */
import type { ElectionBenchResult } from '../analysis/election-result.js';
import type { Trial } from '../analysis/trial.js';
import { formatMs } from './format.js';
import type { PageTrial } from './page/data.js';

/** All of them, in order. */
export function pageTrials({ trials }: ElectionBenchResult): PageTrial[] {
  return trials.map(pageTrial);
}

function pageTrial(trial: Trial): PageTrial {
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
    crashed: trial.crashed,
    winner: trial.winner,
    phases: inOrder.map((time) => Number(time.toFixed(3))),
    marks: trial.marks,
    facts: factsOf(trial),
    story: null,
  };
}

function ms(value: number): string {
  return `${formatMs(value)} ms`;
}

function factsOf(trial: Trial): [string, string][] {
  const refusals = Object.entries(trial.refusals).map(([reason, times]) => `${reason} ${times}`);
  const facts: (readonly [string, string | null])[] = [
    ['known to all after', ms(trial.knownMs)],
    ['rounds', String(trial.rounds)],
    ['term steps', String(trial.termSteps)],
    ['split votes', String(trial.splitVotes)],
    ['refusals', refusals.length === 0 ? 'none' : refusals.join(', ')],
    ['timer of the winner, late', trial.timerLatenessMs === null ? null : ms(trial.timerLatenessMs)],
    ['a thread stood still', trial.lostMs === 0 ? null : ms(trial.lostMs)],
    ['router behind', trial.routerLagMs === null ? null : ms(trial.routerLagMs)],
    ['messages', trial.messages === null ? null : String(trial.messages)],
    ['marks', trial.marks.length === 0 ? null : trial.marks.join(', ')],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
