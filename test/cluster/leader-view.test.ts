/** Who leads, from events that come in no order between their sources. */
import test from 'ava';
import type { ClusterEvent } from '../../src/cluster/events.js';
import { LeaderView } from '../../src/cluster/leader-view.js';

/** Only what the view looks at. */
function seen(...events: readonly object[]): LeaderView {
  const view = new LeaderView();
  for (const event of events) view.observe({ incarnation: 1, ...event } as ClusterEvent);
  return view;
}

const ready = (node: string, term: number, incarnation = 1): object => ({
  type: 'ready',
  node,
  term,
  incarnation,
});

test('nobody leads before somebody is ready: elected is not enough', (t) => {
  t.is(seen().current(), null);
  t.is(seen({ type: 'elected', node: 'a', term: 1 }).current(), null);
  t.deepEqual(seen(ready('a', 1)).current() as object, { id: 'a', term: 1 });
});

test('the newest term counts, in whatever order it is heard', (t) => {
  t.like(seen(ready('a', 1), ready('b', 2)).current(), { id: 'b', term: 2 });
  t.like(seen(ready('b', 2), ready('a', 1)).current(), { id: 'b', term: 2 });
});

test('who led an earlier term does not lead again when the newest leader is gone: it may only not know yet', (t) => {
  const both = [ready('a', 5), ready('b', 6)];
  t.is(seen(...both, { type: 'crashed', node: 'b' }).current(), null);
  t.is(seen(ready('b', 6), { type: 'crashed', node: 'b' }, ready('a', 5)).current(), null);
  t.is(seen(...both, { type: 'steppedDown', node: 'b', from: 'leader' }).current(), null);
  t.like(seen(...both, { type: 'crashed', node: 'b' }, ready('a', 7)).current(), { id: 'a', term: 7 });
});

test('a later leader can be asked for', (t) => {
  const view = seen(ready('a', 3));
  t.is(view.current(3), null);
  t.like(view.current(2), { term: 3 });
});

test('who stepped down, crashed, exited or hangs leads no more; who resumes does again', (t) => {
  t.is(seen(ready('a', 1), { type: 'steppedDown', node: 'a', from: 'leader' }).current(), null);
  t.like(seen(ready('a', 1), { type: 'steppedDown', node: 'a', from: 'candidate' }).current(), { id: 'a' });
  t.is(seen(ready('a', 1), { type: 'crashed', node: 'a' }).current(), null);
  t.is(seen(ready('a', 1), { type: 'exited', node: 'a' }).current(), null);
  t.is(seen(ready('a', 1), { type: 'hung', node: 'a' }).current(), null);
  t.like(seen(ready('a', 1), { type: 'hung', node: 'a' }, { type: 'resumed', node: 'a' }).current(), {
    id: 'a',
  });
});

test('a life that is over leads no more, even when its last event is heard after its end', (t) => {
  t.is(seen({ type: 'exited', node: 'a' }, ready('a', 1)).current(), null);
  t.like(seen(ready('a', 2, 2), { type: 'exited', node: 'a' }).current(), { id: 'a', term: 2 });
});

test('who says itself that it leads no more is not asked again in that term', (t) => {
  const view = seen(ready('a', 1));
  const leader = view.current();
  t.truthy(leader);
  if (leader !== null) view.retire(leader);
  t.is(view.current(), null);
  view.observe(ready('a', 2) as ClusterEvent);
  t.like(view.current(), { id: 'a', term: 2 });
  if (leader !== null) view.retire(leader);
  t.like(view.current(), { id: 'a', term: 2 });
});
