/** One node across its lives, with a real thread and nobody around it. */
import test, { type ExecutionContext } from 'ava';
import type { SupervisorObservation } from '../../src/cluster/events.js';
import { NodeKeeper, type Surroundings } from '../../src/cluster/node-keeper.js';
import { Router } from '../../src/cluster/router.js';
import { coreOptionsOf, resolveClusterOptions } from '../../src/options.js';
import { asNodeId } from '../../src/raft/brands.js';
import { createJournal } from '../../src/storage/memory-store.js';

const id = asNodeId('n1');

function createRouter(t: ExecutionContext): Router {
  return new Router([id], 1, {
    nowMs: () => 0,
    setAlarm: () => () => undefined,
    onRejected: () => t.fail(),
    onLag: () => undefined,
  });
}

function surroundingsOf(router: Router, seen: SupervisorObservation['type'][]): Surroundings {
  const options = resolveClusterOptions({ nodes: 1, store: 'memory' });
  const journal = createJournal();
  return {
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
    emit: ({ type }) => seen.push(type),
    handOut: ({ controlPort, eventPort }) => {
      controlPort.close();
      eventPort.close();
    },
    noticeExit: () => seen.push('exited'),
  };
}

test.serial('crash: the node is cut off before its end is stamped and told', async (t) => {
  const router = createRouter(t);
  const seen: SupervisorObservation['type'][] = [];
  const keeper = new NodeKeeper(id, {
    ...surroundingsOf(router, seen),
    emit: ({ type }, { incarnation }) => {
      // Whether it was still connected when this was told: disconnecting it would say so.
      if (type === 'crashed') t.false(router.disconnect(id, incarnation));
      return seen.push(type);
    },
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

test.serial(
  'a thread that the system has no room for fails the node, which can be restarted later',
  async (t) => {
    const seen: SupervisorObservation['type'][] = [];
    const around = surroundingsOf(createRouter(t), seen);
    let room = false;
    const keeper = new NodeKeeper(id, {
      ...around,
      initOf(incarnation) {
        if (!room) throw new Error('no more threads');
        return around.initOf(incarnation);
      },
    });
    await t.throwsAsync(keeper.launch(), {
      code: 'startFailed',
      message: "The thread of n1 can't be created: no more threads",
    });
    t.is(keeper.status.lifecycle, 'failed');
    await t.throwsAsync(keeper.restart(), { code: 'startFailed' });
    t.deepEqual(seen, ['failed', 'failed']);
    room = true;
    await keeper.restart();
    t.is(keeper.status.lifecycle, 'up');
    await keeper.stop();
  },
);
