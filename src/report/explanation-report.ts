/** One election as a timeline in text. */
import type { Explanation } from '../analysis/explanation.js';
import type { Trial } from '../analysis/trial.js';
import { formatMs } from './format.js';
import { wrap } from './wrap.js';

/** Several lines, the last without a line break. */
export function explanationReport(explanation: Explanation, trial: Trial, of: number): string {
  const marks = trial.marks.length === 0 ? '' : `, marked ${trial.marks.join(', ')}`;
  const title =
    `Trial ${explanation.trial} of ${of}: elected after ${formatMs(trial.electedMs)} ms, ` +
    `ready after ${formatMs(trial.readyMs)}${marks}`;
  const verdict = wrap(explanation.verdict);
  if (explanation.rows.length === 0) return `${title}\n${verdict}`;
  const rows = explanation.rows.map(({ atMs, node, text, tone }) => {
    const sign = tone === 'good' ? '+' : tone === 'bad' ? '!' : ' ';
    return `${atMs.toFixed(3).padStart(10)} ${sign} ${node.padEnd(4)} ${text}`;
  });
  return [title, verdict, '', `${'ms'.padStart(10)}`, ...rows].join('\n');
}
