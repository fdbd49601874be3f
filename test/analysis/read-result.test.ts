import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseElectionResults, readElectionResult } from '../../src/analysis/read-result.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { ElectorateError } from '../../src/errors.js';

const result = await benchSimulatedElections({ trials: 2, cluster: { nodes: 3, seed: 1 } });
const text = JSON.stringify(result);

function messageOf(source: string): string {
  try {
    parseElectionResults(source, 'a.json');
  } catch (error) {
    if (error instanceof ElectorateError && error.code === 'resultUnreadable') return error.message;
    throw error;
  }
  return 'nothing was wrong';
}

/** The result with its first trial changed. */
function withTrial(change: Record<string, unknown>): string {
  return JSON.stringify({ ...result, trials: [{ ...result.trials[0], ...change }] });
}

test('what was written is read as it was, alone or in a grid', (t) => {
  t.deepEqual(parseElectionResults(text, 'a.json'), [JSON.parse(text)]);
  const grid = JSON.stringify({ schema: 'electorate.election-grid/1', results: [result, result] });
  t.is(parseElectionResults(grid, 'a.json').length, 2);
});

test('a file that is no result says what is wrong with it', (t) => {
  t.regex(messageOf(text.slice(0, -20)), /^Expected a.json to be JSON; it may be cut short: /);
  t.is(messageOf('[]'), 'Expected a.json to be an object, got []');
  t.is(
    messageOf('{"name":"electorate"}'),
    "Expected `schema` in a.json to be 'electorate.election-bench/2', as this version writes it, got nothing",
  );
  t.regex(
    messageOf(text.replace('election-bench/2', 'election-bench/1')),
    /got 'electorate.election-bench\/1'$/,
  );
  t.regex(
    messageOf(JSON.stringify({ ...result, trials: [] })),
    /`trials` in a.json to be a list with trials, got \[\]$/,
  );
  t.regex(
    messageOf(JSON.stringify({ ...result, options: {} })),
    /`options.cluster.voters` in a.json to be a list, got {}$/,
  );
  t.regex(
    messageOf(withTrial({ electedMs: 'soon' })),
    /`trials\[0\].electedMs` in a.json to be a number, got 'soon'$/,
  );
  t.regex(
    messageOf(withTrial({ phases: {} })),
    /`trials\[0\].phases.detect` in a.json to be a number, got nothing$/,
  );
  t.regex(
    messageOf(withTrial({ timeline: {} })),
    /`trials\[0\].timeline.heard` in a.json to be a list, got nothing$/,
  );
  const grid = { schema: 'electorate.election-grid/1', results: [result, { schema: 'x' }] };
  t.regex(messageOf(JSON.stringify(grid)), /`results\[1\].schema` in a.json to be /);
});

test('a file that is not there, and a grid where one result is wanted', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-result-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await t.throwsAsync(readElectionResult(join(folder, 'none.json')), {
    instanceOf: ElectorateError,
    code: 'resultUnreadable',
    message: /^Cannot read .*none.json: ENOENT/,
  });
  const grid = join(folder, 'grid.json');
  await writeFile(grid, JSON.stringify({ schema: 'electorate.election-grid/1', results: [result, result] }));
  await t.throwsAsync(readElectionResult(grid), { message: /to be a single result, got 'a grid of 2'$/ });
  await writeFile(grid, text);
  t.is((await readElectionResult(grid)).trials.length, 2);
});
