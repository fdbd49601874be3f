import test from 'ava';
import { createRandom } from '../../src/raft/random.js';
import { fixedDelay } from '../../src/delay.js';
import { createLink, drawArrivalNs, goodPolicy, type LinkPolicy } from '../../src/simulation/links.js';

test('a link keeps the order of its messages, unless one may be overtaken', (t) => {
  const inOrder = arrivals({ delay: { type: 'uniform', minMs: 1, maxMs: 50 } });
  t.deepEqual(
    inOrder,
    inOrder.toSorted((a, b) => a - b),
  );
  const mixed = arrivals({ delay: { type: 'uniform', minMs: 1, maxMs: 50 }, reordering: 0.5 });
  t.notDeepEqual(
    mixed,
    mixed.toSorted((a, b) => a - b),
  );
});

test('a cut link loses everything, a lossy one its share, a good one nothing', (t) => {
  t.is(countLost({ up: false }), 1000);
  t.is(countLost({}), 0);
  t.true(Math.abs(countLost({ loss: 0.2 }) - 200) < 40);
});

function arrivals(policy: Partial<LinkPolicy>): number[] {
  const random = createRandom(3);
  const link = createLink({ ...goodPolicy(fixedDelay(1)), ...policy });
  return Array.from({ length: 1000 }, (_, sent) => drawArrivalNs(link, sent * 1e6, random));
}

function countLost(policy: Partial<LinkPolicy>): number {
  return arrivals(policy).filter((at) => at < 0).length;
}
