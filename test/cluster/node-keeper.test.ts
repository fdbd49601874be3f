/** One node across its lives, with a real thread and nobody around it. */
import test from 'ava';
import type { SupervisorObservation } from '../../src/cluster/events.js';
import { NodeKeeper } from '../../src/cluster/node-keeper.js';
import { Router } from '../../src/cluster/router.js';
import { coreOptionsOf, resolveClusterOptions } from '../../src/options.js';
import { asNodeId } from '../../src/raft/brands.js';
import { createJournal } from '../../src/storage/memory-store.js';

test.serial('crash: the node is cut off before its end is stamped and told', async (t) => {
  const id = asNodeId('n1');
  const options = resolveClusterOptions({ nodes: 1, store: 'memory' });
  const journal = createJournal();
  const router = new Router([id], 1, {
    nowMs: () => 0,
    setAlarm: () => () => undefined,
    onRejected: () => t.fail(),
    onLag: () => undefined,
  });
  const seen: SupervisorObservation['type'][] = [];
  const keeper = new NodeKeeper(id, {
    router,
    restart: null,
    exitNotice: true,
    entry: null,
    initOf: (incarnation) => ({
      id,
      group: 'g',
      incarnation,
      roster: [id],
      configuration: { voters: [id], oldVoters: null, learners: [] },
      options: coreOptionsOf(options),
      seed: 1,
      store: { kind: 'memory', journal },
      mailbox: options.mailbox,
      voteLog: null,
    }),
    isStoreLost: () => false,
    emit: ({ type }, { incarnation }) => {
      // Whether it was still connected when this was told: disconnecting it would say so.
      if (type === 'crashed') t.false(router.disconnect(id, incarnation));
      return seen.push(type);
    },
    handOut: ({ controlPort, eventPort }) => {
      controlPort.close();
      eventPort.close();
    },
    noticeExit: () => seen.push('exited'),
  });

  const begin = await keeper.launch();
  t.is(keeper.status.lifecycle, 'starting');
  begin();
  t.is(keeper.status.lifecycle, 'up');
  keeper.crash();
  t.is(keeper.status.lifecycle, 'down');
  await keeper.stop();
  t.deepEqual(seen.slice(0, 2), ['nodeStarted', 'crashed']);
  t.is(seen.at(-1), 'exited');
});
