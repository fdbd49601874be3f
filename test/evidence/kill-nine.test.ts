import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { asNodeId } from '../../src/raft/brands.js';
import { createRandom, drawUint32 } from '../../src/raft/random.js';
import { openLevelStore } from '../../src/storage/level-store.js';
import { ownerOf } from '../../src/storage/store.js';
import { Cluster } from '../../src/index.js';

/** A line of the vote log. */
interface Vote {
  readonly node: string;
  readonly incarnation: number;
  readonly term: number;
  readonly votedFor: string;
}

const lives = 50;
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
const child = fileURLToPath(new URL('../children/election-loop.js', import.meta.url));

/** Lets the process live until it has printed `events` lines, and kills it then: wherever that is in an election. */
async function liveAndDie(dataDir: string, voteLog: string, events: number): Promise<void> {
  const life = spawn(process.execPath, [child, dataDir, voteLog], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(life, 'exit');
  let seen = 0;
  for await (const line of createInterface({ input: life.stdout })) {
    if (line !== '') seen += 1;
    if (seen === events) life.kill('SIGKILL');
  }
  const [, signal] = (await exited) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself after ${seen} of ${events} events`);
}

test.serial(`kill -9 in the middle of elections, ${lives} times: nobody votes twice in a term`, async (t) => {
  t.timeout(300_000);
  const folder = await mkdtemp(join(tmpdir(), 'electorate-kill-nine-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const dataDir = join(folder, 'data');
  const voteLog = join(folder, 'votes');
  const random = createRandom(Date.now());
  for (let life = 0; life < lives; life += 1)
    await liveAndDie(dataDir, voteLog, 1 + (drawUint32(random) % 250));

  const votes = (await readFile(voteLog, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Vote);
  // Otherwise nothing was tried: elections went on in most lives, and terms were carried from one to the next.
  t.true(votes.length > lives);
  const given = new Map<string, Vote>();
  for (const vote of votes) {
    const key = `${vote.node} in term ${vote.term}`;
    const earlier = given.get(key);
    t.true(
      earlier === undefined || earlier.votedFor === vote.votedFor,
      `${key}: ${JSON.stringify([earlier, vote])}`,
    );
    given.set(key, vote);
  }
  // What was logged was flushed before: no store may know less than what its node has said.
  const { group } = JSON.parse(await readFile(join(dataDir, 'electorate.json'), 'utf8')) as { group: string };
  for (const node of nodes) {
    const store = await openLevelStore(join(dataDir, node), ownerOf(group, asNodeId(node)));
    const { currentTerm, votedFor } = store.initial.hardState;
    await store.close();
    const last = votes.findLast((vote) => vote.node === node);
    if (last === undefined) continue;
    t.true(currentTerm >= last.term, `${node} is back in term ${currentTerm}, after a vote in ${last.term}`);
    if (currentTerm === last.term) t.is(votedFor as string | null, last.votedFor);
  }
  // And the group goes on from there.
  const cluster = await Cluster.start({ dataDir });
  const { term } = await cluster.waitForLeader();
  await cluster.stop();
  t.true(term > Math.max(...votes.map((vote) => vote.term)) - 1);
});
