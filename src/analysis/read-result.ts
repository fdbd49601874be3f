/** Result files come from anywhere: what is read of them is checked here, once, and trusted behind it. */
import { isRecord } from '../storage/parse-stored.js';
import type { ElectionBenchResult } from './election-result.js';
import { parseResultText, readResultText, refuseResult } from './result-file.js';

/** What `electorate bench` writes today. */
const benchSchema = 'electorate.election-bench/2';
/** Several of them, as a sweep writes them. */
const gridSchema = 'electorate.election-grid/1';

/**
 * One result, as `electorate bench` wrote it.
 * @throws ElectorateError `resultUnreadable`
 */
export async function readElectionResult(file: string): Promise<ElectionBenchResult> {
  const results = await readElectionResults(file);
  const [only] = results;
  if (only === undefined || results.length > 1)
    refuse(file, '', 'a single result', `a grid of ${results.length}`);
  return only;
}

/**
 * All results of a file: one, or those of a grid in its order.
 * @throws ElectorateError `resultUnreadable`
 */
export async function readElectionResults(file: string): Promise<readonly ElectionBenchResult[]> {
  return parseElectionResults(await readResultText(file), file);
}

/**
 * @param source names the text in errors
 * @throws ElectorateError `resultUnreadable`
 */
export function parseElectionResults(text: string, source: string): readonly ElectionBenchResult[] {
  const value = parseResultText(text, source);
  if (!isRecord(value)) refuse(source, '', 'an object', value);
  if (value['schema'] !== gridSchema) return [checkResult(value, source, '')];
  const { results } = value;
  if (!Array.isArray(results) || results.length === 0)
    refuse(source, 'results', 'a list with results', results);
  return results.map((result, at) => checkResult(result, source, `results[${at}].`));
}

function checkResult(value: unknown, source: string, at: string): ElectionBenchResult {
  if (!isRecord(value)) refuse(source, at.replace(/\.$/u, ''), 'an object', value);
  const { schema, options, trials } = value;
  if (schema !== benchSchema) {
    refuse(source, `${at}schema`, `'${benchSchema}', as this version writes it`, schema);
  }
  if (!isRecord(options) || !isRecord(options['cluster']) || !Array.isArray(options['cluster']['voters'])) {
    refuse(source, `${at}options.cluster.voters`, 'a list', options);
  }
  if (!Array.isArray(trials) || trials.length === 0) {
    refuse(source, `${at}trials`, 'a list with trials', trials);
  }
  for (const [index, trial] of trials.entries()) checkTrial(trial, source, `${at}trials[${index}]`);
  // Everything that is computed on has been looked at; the rest is printed as it is.
  return value as unknown as ElectionBenchResult;
}

const phases = ['detect', 'lostRounds', 'preVote', 'vote', 'establish', 'ready'];
const figures = [
  'electedMs',
  'establishedMs',
  'readyMs',
  'knownMs',
  'rounds',
  'splitVotes',
  'termSteps',
  'lostMs',
];
const costs = ['delaysMs', 'candidateWritesMs', 'voterWritesMs', 'logWritesMs', 'noticesMs'];
const timelineParts = ['heard', 'notices', 'suspicions', 'rounds', 'writes', 'reigns', 'known'];

function checkTrial(trial: unknown, source: string, at: string): void {
  if (!isRecord(trial)) refuse(source, at, 'an object', trial);
  const numbers = (holder: unknown, names: readonly string[], path: string): void => {
    for (const name of names) {
      const number = isRecord(holder) ? holder[name] : undefined;
      if (typeof number !== 'number') refuse(source, `${path}.${name}`, 'a number', number);
    }
  };
  const lists = (holder: unknown, names: readonly string[], path: string): void => {
    for (const name of names) {
      const list = isRecord(holder) ? holder[name] : undefined;
      if (!Array.isArray(list)) refuse(source, `${path}.${name}`, 'a list', list);
    }
  };
  if (typeof trial['winner'] !== 'string') refuse(source, `${at}.winner`, 'a node', trial['winner']);
  numbers(trial, figures, at);
  numbers(trial['phases'], phases, `${at}.phases`);
  lists(trial, ['marks'], at);
  lists(trial['cost'], costs, `${at}.cost`);
  if (!isRecord(trial['refusals'])) refuse(source, `${at}.refusals`, 'an object', trial['refusals']);
  if (trial['timeline'] !== null) lists(trial['timeline'], timelineParts, `${at}.timeline`);
}

/** @param path within the file; empty for all of it */
function refuse(source: string, path: string, rule: string, got: unknown): never {
  refuseResult(source, path, `${rule}, got ${shorten(got)}`);
}

function shorten(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
