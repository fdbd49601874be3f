import { EventEmitter, once } from 'node:events';
import test from 'ava';
import { stallDisks, type BurdenedCluster } from '../../src/contention/on-nodes.js';
import { ElectorateError } from '../../src/errors.js';
import { asNodeId } from '../../src/raft/brands.js';

const nodes = ['n1', 'n2'].map(asNodeId);
const rhythm = { forMs: 1, everyMs: 2, random: false };

/** Emits `1`, `2`, … with each call to the first node; the second one answers with the error. */
function clusterWith(error: Error): { readonly cluster: BurdenedCluster; readonly calls: EventEmitter } {
  const calls = new EventEmitter();
  let count = 0;
  const cluster: BurdenedCluster = {
    async stallDisk(id) {
      if (id === 'n2') throw error;
      count += 1;
      calls.emit(String(count));
      return { atMs: 0 };
    },
    async slowDisk() {},
    async burden() {},
  };
  return { cluster, calls };
}

test('a disk stall passes over a node that is down, and goes on', async (t) => {
  const { cluster, calls } = clusterWith(new ElectorateError('nodeDown', 'n2 is down'));
  const underWay = stallDisks(cluster, nodes, rhythm, 1);
  await once(calls, '2');
  await t.notThrowsAsync(underWay.end());
});

test('what else goes wrong with a disk stall is told at its end', async (t) => {
  const { cluster, calls } = clusterWith(new ElectorateError('clusterFailed', 'all is lost'));
  const underWay = stallDisks(cluster, nodes, rhythm, 1);
  await once(calls, '1');
  await t.throwsAsync(underWay.end(), { message: 'all is lost' });
});
