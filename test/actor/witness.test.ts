import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openWitness } from '../../src/actor/witness.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import { vote } from '../storage/stores.js';
import { appendReply, heartbeat, voteReply, voteRequest } from './messages.js';

const life = { id: asNodeId('n2'), incarnation: 4, voteLog: null };

function freshFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'electorate-witness-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('the trace has a line for each send that depends on a vote, and for no other', (t) => {
  const path = join(freshFolder(t), 'trace');
  const descriptor = openSync(path, 'w');
  const witness = openWitness(life, String(descriptor));
  witness.sending([
    voteRequest({ to: asNodeId('n3'), term: asTerm(7) }),
    { ...voteRequest(), type: 'preVoteRequest' },
    { ...voteReply(), type: 'preVoteReply' },
    voteReply({ granted: false, reason: 'staleLog' }),
    heartbeat(),
    appendReply(),
    voteReply({ term: asTerm(8) }),
  ]);
  witness.close();
  closeSync(descriptor);
  t.is(readFileSync(path, 'utf8'), 'send voteRequest n2 n3 7\nsend voteReply n2 n1 8\n');
});

test('the vote log grows by a line for each vote, over several lives, and not by one for a term alone', (t) => {
  const voteLog = join(freshFolder(t), 'votes');
  for (const incarnation of [1, 2]) {
    const witness = openWitness({ ...life, incarnation, voteLog }, undefined);
    witness.flushed(vote(incarnation, null));
    witness.flushed(vote(incarnation, 'n1'));
    witness.close();
  }
  t.deepEqual(
    readFileSync(voteLog, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
    [
      { node: 'n2', incarnation: 1, term: 1, votedFor: 'n1' },
      { node: 'n2', incarnation: 2, term: 2, votedFor: 'n1' },
    ],
  );
});

test('a vote log that can not be opened is refused', (t) => {
  const voteLog = join(freshFolder(t), 'nowhere', 'votes');
  t.throws(() => openWitness({ ...life, voteLog }, undefined), {
    code: 'dataDirUnusable',
    message: /nowhere/u,
  });
});
