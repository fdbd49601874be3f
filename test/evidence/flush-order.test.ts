import { execFile, execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { findUnflushedVotes, type UnflushedVote } from './system-calls.js';

const child = fileURLToPath(new URL('../children/election-loop.js', import.meta.url));

/** What strace prints of a node that writes its vote, flushes it and sends it; threads interleave. */
const orderly = [
  '10 pwrite64(31</d/n1/000003.log>, "\\1hardState\\"currentTerm\\":7,\\"votedFor\\":\\"n2\\"", 44) = 44',
  '11 write(33</d/n2/000003.log>, "\\1hardState\\"currentTerm\\":7,\\"votedFor\\":\\"n2\\"", 44) = 44',
  '10 fdatasync(31</d/n1/000003.log> <unfinished ...>',
  '11 fdatasync(33</d/n2/000003.log>) = 0',
  '10 <... fdatasync resumed>) = 0',
  '12 write(9</d/trace>, "send voteReply n1 n2 7\\n", 23) = 23',
  '13 write(9</d/trace>, "send voteRequest n2 n1 7\\n", 25) = 25',
];

test('a vote that leaves behind its flush is in order', (t) => {
  const { unflushed, votes } = findUnflushedVotes(orderly);
  t.deepEqual([unflushed, votes], [[], 2]);
});

const disorderly: readonly [title: string, lines: readonly string[]][] = [
  ['before the flush has returned', orderly.toSpliced(4, 1).toSpliced(5, 0, orderly[4] ?? '')],
  ['before the write', [...orderly.slice(5, 6), ...orderly.slice(0, 5)]],
  ['behind the flush of another node only', orderly.filter((line) => !line.includes('/n1/'))],
  ['behind the flush of an earlier term only', orderly.map((line) => line.replace('n1 n2 7', 'n1 n2 8'))],
  ['behind a flush that failed', orderly.map((line) => line.replace('resumed>) = 0', 'resumed>) = -1 EIO'))],
];

for (const [title, lines] of disorderly) {
  test(`a vote that leaves ${title} is found`, (t) => {
    const { unflushed } = findUnflushedVotes(lines);
    t.deepEqual(
      unflushed.map(({ node }: UnflushedVote) => node),
      ['n1'],
    );
  });
}

const tracer = findTracer();

/** Null where there is none: what is proven here is proven in CI, which installs one. */
function findTracer(): string | null {
  try {
    return execFileSync('which', ['strace'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

if (tracer !== null) {
  test.serial(
    'every vote of ten elections leaves behind the flush of its own store, by the system calls',
    async (t) => {
      t.timeout(120_000);
      const folder = await mkdtemp(join(tmpdir(), 'electorate-flush-order-'));
      t.teardown(() => rm(folder, { recursive: true }));
      const calls = join(folder, 'calls');
      const trace = openSync(join(folder, 'trace'), 'w');
      const strace = [
        '-f',
        '-y',
        '-s',
        '4096',
        '-e',
        'trace=write,pwrite64,writev,fdatasync,fsync',
        '-o',
        calls,
      ];
      try {
        // The child inherits descriptor 3 through the tracer.
        await promisify(execFile)(
          'sh',
          [
            '-c',
            'exec "$@" 3> "$0"',
            join(folder, 'trace'),
            tracer,
            ...strace,
            process.execPath,
            child,
            join(folder, 'data'),
            join(folder, 'votes'),
            '10',
          ],
          { env: { ...process.env, ELECTORATE_TRACE_FD: '3' }, maxBuffer: 2 ** 28 },
        );
      } finally {
        closeSync(trace);
      }
      const { unflushed, votes } = findUnflushedVotes((await readFile(calls, 'utf8')).split('\n'));
      t.deepEqual(unflushed, []);
      t.true(votes >= 20, `${votes} votes were sent`);
    },
  );
}
