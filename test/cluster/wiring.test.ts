/** Direct lines: where they are laid, that they are taken away in an instant, and that nothing slips past a fault. */
import test from 'ava';
import { Gate } from '../../src/actor/gate.js';
import type { LineEnd } from '../../src/actor/line.js';
import { Cluster } from '../../src/cluster/cluster.js';
import { resolveLinkPolicy } from '../../src/cluster/link.js';
import { Router } from '../../src/cluster/router.js';
import { Wiring } from '../../src/cluster/wiring.js';
import { asNodeId, type NodeId } from '../../src/raft/brands.js';
import { quick, settle, Watch } from './support.js';

const ids = ['a', 'b', 'c'].map(asNodeId);
const [a, b] = ids as [NodeId, NodeId, NodeId];

class Bench {
  /** The ends that each was handed, as `peer:incarnation`, `!` where the line has been taken away since. */
  readonly #ends = new Map<NodeId, LineEnd[]>(ids.map((id) => [id, []]));
  readonly router = new Router(
    ids,
    1,
    { nowMs: () => 0, setAlarm: () => () => {}, onRejected: () => {}, onLag: () => {} },
    new Wiring(),
  );

  connect(id: NodeId, incarnation = 1, sentDirect = 0): void {
    this.router.connect({
      id,
      incarnation,
      ledger: { sentDirect },
      deliver: () => {},
      join: (end) => {
        end.port.close();
        this.#ends.get(id)?.push(end);
      },
    });
  }

  /** As its newest line to that peer has it: so many messages leave one end, and have not come out at the other. */
  send(from: NodeId, to: NodeId, messages: number): void {
    const outgoing = this.#ends.get(from)?.findLast(({ peer }) => peer === to)?.outgoing;
    const gate = new Gate(outgoing ?? Gate.allocate());
    for (let sent = 0; sent < messages; sent += 1) gate.enter();
  }

  at(id: NodeId): string {
    return (this.#ends.get(id) ?? [])
      .map(({ peer, incarnation, outgoing, incoming }) => {
        const isOpen = [outgoing, incoming].every((memory) => new Gate(memory).leave());
        return `${peer}:${incarnation}${isOpen ? '' : '!'}`;
      })
      .join(' ');
  }
}

function connected(): Bench {
  const bench = new Bench();
  for (const id of ids) bench.connect(id);
  return bench;
}

test('every pair that is there has one line, told to both with the life at its other end', (t) => {
  const bench = connected();
  t.deepEqual(
    ids.map((id) => bench.at(id)),
    ['b:1 c:1', 'a:1 c:1', 'a:1 b:1'],
  );
});

test('a policy in either direction takes the line away, and the end of the last one lays another', (t) => {
  const bench = connected();
  bench.router.setCut(a, b, true);
  bench.router.setLink(b, a, resolveLinkPolicy({ loss: 0.5 }));
  t.is(bench.at(a), 'b:1! c:1');
  bench.router.setCut(a, b, false);
  t.is(bench.at(a), 'b:1! c:1', 'the other direction still loses');
  bench.router.setLink(b, a, resolveLinkPolicy({}));
  t.is(bench.at(a), 'b:1! c:1 b:1');
  t.is(bench.at(b), 'a:1! c:1 a:1');
});

for (const policy of [
  { cut: true },
  { delay: { type: 'fixed', ms: 1 } },
  { loss: 0.1 },
  { duplication: 0.1 },
  { entriesLost: true },
  { reordering: { share: 0.1, withinMs: 1 } },
] as const) {
  test(`a link with ${JSON.stringify(policy)} has no line, and heal gives it one`, (t) => {
    const bench = connected();
    bench.router.setLink(a, b, resolveLinkPolicy(policy));
    t.is(bench.at(a), 'b:1! c:1');
    bench.router.heal();
    t.is(bench.at(a), 'b:1! c:1 b:1');
  });
}

test('the lines of a life end with it, and the next life has its own', (t) => {
  const bench = connected();
  t.true(bench.router.disconnect(a, 1));
  t.deepEqual([bench.at(a), bench.at(b)], ['b:1! c:1!', 'a:1! c:1']);
  bench.connect(a, 2);
  t.is(bench.at(b), 'a:1! c:1 a:2');
});

test('what went past the router is counted, of lives that are over too', (t) => {
  const bench = new Bench();
  bench.connect(a, 1, 5);
  bench.router.disconnect(a, 1);
  bench.connect(a, 2, 7);
  t.is(bench.router.metrics().direct, 12);
});

test('what is under way on a line that is taken away is counted by what took it, and not as carried', (t) => {
  const bench = new Bench();
  bench.connect(a, 1, 7);
  bench.connect(b);
  const lost = (): unknown => {
    const { dropped, direct } = bench.router.metrics();
    return { ...dropped, direct };
  };
  bench.send(a, b, 2);
  bench.send(b, a, 1);
  bench.router.setCut(a, b, true);
  t.like(lost(), { cut: 2, line: 1, dead: 0, direct: 4 });
  bench.router.setCut(a, b, false);
  bench.send(b, a, 1);
  bench.router.setLink(b, a, resolveLinkPolicy({ loss: 0.5 }));
  t.like(lost(), { cut: 2, line: 2, dead: 0, direct: 3 });
  bench.router.heal();
  bench.send(a, b, 1);
  bench.send(b, a, 2);
  bench.router.disconnect(b, 1);
  t.like(lost(), { cut: 2, line: 2, dead: 3, direct: 0 });
});

test.serial(
  'direct: elections and entries go past the supervisor; cut off, a leader is replaced',
  async (t) => {
    await using cluster = await Cluster.start({ ...quick, wiring: 'direct' });
    const watch = new Watch(cluster);
    const old = await settle(cluster);
    const { index } = await cluster.propose('over lines');
    const { router } = await cluster.status();
    t.true(router.direct > 0);
    // Before both have their ends of a line, what they say is routed.
    t.true(router.routed < router.direct, `${router.routed} routed`);

    await cluster.isolate(old.id);
    await watch.until('steppedDown', { node: old.id, reason: 'quorumLost' });
    const next = await cluster.waitForLeader();
    t.not(next.id, old.id);
    t.true((await cluster.status()).router.dropped.cut > 0, 'what it then says is routed, and cut there');

    await cluster.heal();
    await watch.until('leaderKnown', { node: old.id, leaderId: next.id });
    t.true((await cluster.node(next.id).status()).commitIndex >= index);
  },
);

test.serial(
  'direct: a crashed leader’s term is known for its exit notice, and its next life follows',
  async (t) => {
    await using cluster = await Cluster.start({ ...quick, wiring: 'direct' });
    const watch = new Watch(cluster);
    const old = await settle(cluster);
    await cluster.crash(old.id);
    t.like(await watch.until('exited', { node: old.id }), { term: old.term, noticed: true });
    await watch.until('exitNoticed', { leaderId: old.id });
    const next = await cluster.waitForLeader();
    await cluster.restart(old.id);
    await watch.until('leaderKnown', { node: old.id, leaderId: next.id });
    // What the leader says before it has its end of the new line is routed.
    const { routed, direct } = (await cluster.status()).router;
    t.true(routed < direct, `${routed} routed, ${direct} direct`);
  },
);
