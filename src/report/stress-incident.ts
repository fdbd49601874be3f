/** One incident of a stress run: what is known of it, for a page and as text. */
import type { PlacedIncident } from '../analysis/stress/stress-summary.js';
import { formatMs } from './format.js';
import { causeWords, incidentTitle, outcomeWords } from './stress-words.js';
import { wrap } from './wrap.js';

/** Names and values. */
export function incidentFacts({ contention, round, incident }: PlacedIncident): [string, string][] {
  const { atMs, node, leader, term, outcome, hostStalled, blame } = incident;
  const facts: (readonly [string, string | null])[] = [
    ['contention', contention],
    ['round', String(round)],
    ['at', `${(atMs / 1000).toFixed(3)} s after the start`],
    ['gave up', leader === null ? 'nobody: no leader was known' : `${leader}, by ${node}`],
    ['term', String(term)],
    ['what came of it', outcomeWords[outcome]],
    ['cause', causeWords[blame.cause].label],
    ['thread', blame.thread],
    ['which covers', `${formatMs(blame.forMs)} ms`],
    ['since', `${(blame.sinceMs / 1000).toFixed(3)} s`],
    ['the host itself', hostStalled ? 'stood still, too' : null],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** Several lines, the last without a line break. @param number from 1 */
export function incidentReport(placed: PlacedIncident, number: number, of: number): string {
  const facts = incidentFacts(placed).map(([name, value]) => `  ${name.padEnd(16)} ${value}`);
  return [
    `Incident ${number} of ${of}: ${incidentTitle(placed)}`,
    wrap(placed.incident.blame.evidence),
    '',
    ...facts,
  ].join('\n');
}
