/** A stress result out of a file: checked here, once, and trusted behind it. */
import { readFile } from 'node:fs/promises';
import { ElectorateError, messageOf } from '../../errors.js';
import type { StressResult } from './stress-result.js';

const stressSchema = 'electorate.stress/1';

/** @throws ElectorateError `resultUnreadable` */
export async function readStressResult(file: string): Promise<StressResult> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ElectorateError('resultUnreadable', `Cannot read ${file}: ${messageOf(error)}`, {
      details: { file },
      cause: error,
    });
  }
  return parseStressResult(text, file);
}

/**
 * @param source names the text in errors
 * @throws ElectorateError `resultUnreadable`
 */
export function parseStressResult(text: string, source: string): StressResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ElectorateError(
      'resultUnreadable',
      `Expected ${source} to be JSON; it may be cut short: ${messageOf(error)}`,
      { details: { file: source }, cause: error },
    );
  }
  if (!isRecord(value) || value['schema'] !== stressSchema) {
    refuse(source, 'schema', `'${stressSchema}', as this version of electorate stress writes it`);
  }
  const { machine, plan, cells } = value;
  if (!isRecord(machine)) refuse(source, 'machine', 'an object');
  if (!isRecord(plan) || !isRecord(plan['cluster']) || !isRecord(plan['clients'])) {
    refuse(source, 'plan', 'an object with `cluster` and `clients`');
  }
  if (!isListOf(plan['contentions'], (each) => typeof each === 'string')) {
    refuse(source, 'plan.contentions', 'a list of texts');
  }
  if (!Array.isArray(cells)) refuse(source, 'cells', 'a list');
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
  if (!isRecord(cell)) refuse(source, at, 'an object');
  const { contention, round, outcome } = cell;
  if (typeof contention !== 'string') refuse(source, `${at}.contention`, 'a text');
  if (typeof round !== 'number') refuse(source, `${at}.round`, 'a number');
  if (!isRecord(outcome)) refuse(source, `${at}.outcome`, 'an object');
  if (outcome['type'] === 'skipped' || outcome['type'] === 'failed') {
    if (typeof outcome['reason'] !== 'string') refuse(source, `${at}.outcome.reason`, 'a text');
    return;
  }
  if (outcome['type'] !== 'measured') {
    refuse(source, `${at}.outcome.type`, 'measured, skipped or failed');
  }
  for (const name of measuredRecords) {
    if (!isRecord(outcome[name])) refuse(source, `${at}.outcome.${name}`, 'an object');
  }
  for (const name of measuredLists) {
    if (!isListOf(outcome[name], isRecord)) refuse(source, `${at}.outcome.${name}`, 'a list of objects');
  }
  for (const name of counts) {
    const counted = outcome['counts'];
    if (!isRecord(counted) || typeof counted[name] !== 'number') {
      refuse(source, `${at}.outcome.counts.${name}`, 'a number');
    }
  }
  for (const [i, incident] of (outcome['incidents'] as readonly unknown[]).entries()) {
    const blame = isRecord(incident) ? incident['blame'] : undefined;
    if (!isRecord(blame) || typeof blame['evidence'] !== 'string') {
      refuse(source, `${at}.outcome.incidents[${i}].blame.evidence`, 'a text');
    }
  }
}

function isListOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param path within the file */
function refuse(source: string, path: string, rule: string): never {
  throw new ElectorateError('resultUnreadable', `Expected \`${path}\` in ${source} to be ${rule}`, {
    details: { file: source },
  });
}
