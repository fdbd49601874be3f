/** A stress result out of a file: checked here, once, and trusted behind it. */
import { isRecord } from '../../storage/parse-stored.js';
import { parseResultText, readResultText, refuseResult } from '../result-file.js';
import type { StressResult } from './stress-result.js';

const stressSchema = 'electorate.stress/1';

/** @throws ElectorateError `resultUnreadable` */
export async function readStressResult(file: string): Promise<StressResult> {
  return parseStressResult(await readResultText(file), file);
}

/**
 * @param source names the text in errors
 * @throws ElectorateError `resultUnreadable`
 */
export function parseStressResult(text: string, source: string): StressResult {
  const value = parseResultText(text, source);
  if (!isRecord(value) || value['schema'] !== stressSchema) {
    refuseResult(source, 'schema', `'${stressSchema}', as this version of electorate stress writes it`);
  }
  const { version, machine, plan, cells } = value;
  if (version !== undefined && typeof version !== 'string') refuseResult(source, 'version', 'a text');
  if (!isRecord(machine)) refuseResult(source, 'machine', 'an object');
  if (!isRecord(plan) || !isRecord(plan['cluster']) || !isRecord(plan['clients'])) {
    refuseResult(source, 'plan', 'an object with `cluster` and `clients`');
  }
  if (!isListOf(plan['contentions'], (each) => typeof each === 'string')) {
    refuseResult(source, 'plan.contentions', 'a list of texts');
  }
  if (!Array.isArray(cells)) refuseResult(source, 'cells', 'a list');
  for (const [at, cell] of cells.entries()) checkCell(cell, source, `cells[${at}]`);
  // Everything that is computed on has been looked at; the rest is printed as it is.
  return value as unknown as StressResult;
}

const measuredLists = ['incidents', 'failovers', 'nodes', 'timeouts'];
const measuredRecords = ['pressure', 'verdict', 'counts', 'routerLag'];
const counts = [
  'crashes',
  'falseElections',
  'explainedByHost',
  'leaderChanges',
  'termSteps',
  'suspicions',
  'savedByPreVote',
  'nearMisses',
  'invariantViolations',
];

function checkCell(cell: unknown, source: string, at: string): void {
  if (!isRecord(cell)) refuseResult(source, at, 'an object');
  const { contention, round, outcome } = cell;
  if (typeof contention !== 'string') refuseResult(source, `${at}.contention`, 'a text');
  if (typeof round !== 'number') refuseResult(source, `${at}.round`, 'a number');
  if (!isRecord(outcome)) refuseResult(source, `${at}.outcome`, 'an object');
  if (outcome['type'] === 'skipped' || outcome['type'] === 'failed') {
    if (typeof outcome['reason'] !== 'string') refuseResult(source, `${at}.outcome.reason`, 'a text');
    return;
  }
  if (outcome['type'] !== 'measured') {
    refuseResult(source, `${at}.outcome.type`, 'measured, skipped or failed');
  }
  for (const name of measuredRecords) {
    if (!isRecord(outcome[name])) refuseResult(source, `${at}.outcome.${name}`, 'an object');
  }
  for (const name of measuredLists) {
    if (!isListOf(outcome[name], isRecord))
      refuseResult(source, `${at}.outcome.${name}`, 'a list of objects');
  }
  for (const name of counts) {
    const counted = outcome['counts'];
    if (!isRecord(counted) || typeof counted[name] !== 'number') {
      refuseResult(source, `${at}.outcome.counts.${name}`, 'a number');
    }
  }
  for (const [i, incident] of (outcome['incidents'] as readonly unknown[]).entries()) {
    const blame = isRecord(incident) ? incident['blame'] : undefined;
    if (!isRecord(blame) || typeof blame['evidence'] !== 'string') {
      refuseResult(source, `${at}.outcome.incidents[${i}].blame.evidence`, 'a text');
    }
  }
}

function isListOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}
