/** The router alone, on a clock that the test moves. */
import test from 'ava';
import type { SetAlarm } from '../../src/cluster/alarm.js';
import { resolveLinkPolicy, type LinkPolicy } from '../../src/cluster/link.js';
import { Router } from '../../src/cluster/router.js';
import { asLogIndex, asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';
import type { Message } from '../../src/raft/messages.js';

const [a, b, c] = [asNodeId('a'), asNodeId('b'), asNodeId('c')] as const;

class ManualClock {
  nowMs = 1000;
  readonly #alarms = new Set<{ readonly dueMs: number; readonly ring: () => void }>();

  readonly setAlarm: SetAlarm = (dueMs, ring) => {
    const alarm = { dueMs, ring };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  };

  get alarms(): number {
    return this.#alarms.size;
  }

  advanceTo(ms: number): void {
    for (;;) {
      const due = [...this.#alarms]
        .filter(({ dueMs }) => dueMs <= ms)
        .toSorted((x, y) => x.dueMs - y.dueMs)[0];
      if (due === undefined) break;
      this.#alarms.delete(due);
      this.nowMs = Math.max(this.nowMs, due.dueMs);
      due.ring();
    }
    this.nowMs = ms;
  }
}

class Bench {
  readonly clock = new ManualClock();
  readonly rejections: string[] = [];
  readonly lags: number[] = [];
  /** What each node received: sender and term, in order. */
  readonly received = new Map<NodeId, string[]>([a, b, c].map((id) => [id, []]));
  readonly posts: number[] = [];
  readonly router = new Router([a, b, c], 42, {
    nowMs: () => this.clock.nowMs,
    setAlarm: this.clock.setAlarm,
    onRejected: (node, reason, detail) => this.rejections.push(`${node} ${reason} ${detail}`),
    onLag: (lagMs) => this.lags.push(lagMs),
  });

  constructor() {
    for (const id of [a, b, c]) this.connect(id, 1);
  }

  connect(id: NodeId, incarnation: number): void {
    this.router.connect({
      id,
      incarnation,
      ledger: { sentDirect: 0 },
      join: () => {},
      deliver: (deliveries) => {
        this.posts.push(deliveries.length);
        const texts = deliveries.map(({ message }) => `${message.from}${message.term}`);
        this.received.get(id)?.push(...texts);
      },
    });
  }

  send(from: NodeId, messages: readonly unknown[], incarnation = 1, sentMs = this.clock.nowMs): void {
    this.router.route(from, incarnation, messages, sentMs);
  }

  link(from: NodeId, to: NodeId, policy: LinkPolicy): void {
    this.router.setLink(from, to, resolveLinkPolicy(policy));
  }

  at(id: NodeId): string[] {
    return this.received.get(id) ?? [];
  }
}

function heartbeat(from: NodeId, to: NodeId, term: number, incarnation = 1): Message {
  return {
    type: 'appendEntries',
    group: 'g',
    from,
    to,
    incarnation,
    term: asTerm(term),
    prevLog: { term: asTerm(0), index: asLogIndex(0) },
    entries: [],
    leaderCommit: asLogIndex(0),
    successorRank: null,
    electionTimeoutMs: null,
    sent: { nowMs: 0, runningMs: 0 },
  };
}

test('a batch reaches each addressee in one post, in order', (t) => {
  const bench = new Bench();
  bench.send(a, [heartbeat(a, b, 1), heartbeat(a, c, 2), heartbeat(a, b, 3)]);
  t.deepEqual(bench.at(b), ['a1', 'a3']);
  t.deepEqual(bench.at(c), ['a2']);
  t.deepEqual(bench.posts, [2, 1]);
  t.is(bench.router.metrics().routed, 3);
});

test('a message under another name or of another life, to nobody, or none at all is counted, reported, dropped', (t) => {
  const bench = new Bench();
  bench.send(a, [
    heartbeat(b, c, 1),
    heartbeat(a, c, 2, 9),
    heartbeat(a, asNodeId('z'), 3),
    heartbeat(a, a, 4),
    null,
    'vote for me',
    { from: 'a', incarnation: 1, to: 7 },
    { from: { toString: 1 }, incarnation: 1, to: 'b' },
    { from: 'a', incarnation: { toString: 1 }, to: 'b' },
    heartbeat(a, b, 5),
  ]);
  t.deepEqual(bench.rejections, [
    'a spoofedSender b, life 1',
    'a spoofedSender a, life 9',
    'a unknownAddressee z',
    'a unknownAddressee a',
    'a malformed object',
    'a malformed string',
    'a malformed object',
    'a malformed object',
    'a malformed object',
  ]);
  t.like(bench.router.metrics(), { routed: 1, dropped: { rejected: 9 } });
  t.deepEqual([bench.at(a), bench.at(b), bench.at(c)], [[], ['a5'], []]);
});

test('a disconnected life neither sends nor receives, even what was under way', (t) => {
  const bench = new Bench();
  bench.link(a, b, { delay: { type: 'fixed', ms: 10 } });
  bench.link(b, a, { delay: { type: 'fixed', ms: 10 } });
  bench.send(a, [heartbeat(a, b, 1)]);
  bench.send(b, [heartbeat(b, a, 1)]);
  bench.router.disconnect(a, 1);
  bench.send(a, [heartbeat(a, c, 2)]);
  bench.send(b, [heartbeat(b, a, 2)]);
  bench.clock.advanceTo(1020);
  t.deepEqual([bench.at(a), bench.at(b), bench.at(c)], [[], [], []]);
  t.is(bench.router.metrics().dropped.dead, 4);
});

test('a later life does not answer for an earlier one, and is not disconnected with it', (t) => {
  const bench = new Bench();
  bench.link(a, b, { delay: { type: 'fixed', ms: 10 } });
  bench.send(a, [heartbeat(a, b, 1)]);
  t.true(bench.router.disconnect(a, 1));
  bench.connect(a, 2);
  t.false(bench.router.disconnect(a, 1));
  bench.send(a, [heartbeat(a, b, 2)], 1);
  bench.send(a, [heartbeat(a, b, 3, 2)], 2);
  bench.clock.advanceTo(1020);
  t.deepEqual(bench.at(b), ['a3']);
});

test('a cut is one way, loses what is under way, and is lifted by heal', (t) => {
  const bench = new Bench();
  bench.link(a, b, { delay: { type: 'fixed', ms: 10 }, loss: 0 });
  bench.send(a, [heartbeat(a, b, 1)]);
  bench.router.setCut(a, b, true);
  bench.send(a, [heartbeat(a, b, 2)]);
  bench.send(b, [heartbeat(b, a, 3)]);
  bench.clock.advanceTo(1020);
  t.deepEqual([bench.at(a), bench.at(b)], [['b3'], []]);
  t.is(bench.router.metrics().dropped.cut, 2);

  bench.router.setCut(a, b, false);
  t.deepEqual(bench.router.linkBetween(a, b).delay, { type: 'fixed', ms: 10 });
  bench.router.heal();
  bench.send(a, [heartbeat(a, b, 4)]);
  t.deepEqual(bench.at(b), ['a4']);
});

test('nothing has to wait behind what was slow before a heal, a cut or another life of either end', (t) => {
  const slow: LinkPolicy = { delay: { type: 'fixed', ms: 60_000 } };
  for (const [event, senderLife] of [
    ['heal', 1],
    ['cut and join', 1],
    ['next life of the sender', 2],
    ['next life of the addressee', 1],
  ] as const) {
    const bench = new Bench();
    bench.link(a, b, slow);
    bench.send(a, [heartbeat(a, b, 1)]);
    if (event === 'heal') {
      bench.router.heal();
    } else if (event === 'cut and join') {
      bench.router.setCut(a, b, true);
      bench.link(a, b, {});
    } else {
      const id = event === 'next life of the sender' ? a : b;
      bench.link(a, b, {});
      bench.router.disconnect(id, 1);
      bench.connect(id, 2);
    }
    bench.send(a, [heartbeat(a, b, 2, senderLife)], senderLife);
    t.deepEqual(bench.at(b), ['a2'], event);
  }
});

test('a message under way at a cut is lost at once, also when the link is joined before it was due', (t) => {
  const cuts: ((router: Router) => void)[] = [
    (router) => router.setCut(a, b, true),
    (router) => router.setLink(a, b, resolveLinkPolicy({ cut: true })),
  ];
  for (const cut of cuts) {
    const bench = new Bench();
    bench.link(a, b, { delay: { type: 'fixed', ms: 10 } });
    bench.link(a, c, { delay: { type: 'fixed', ms: 20 } });
    bench.send(a, [heartbeat(a, b, 1), heartbeat(a, c, 1)]);
    cut(bench.router);
    t.like(bench.router.metrics(), { delayed: 1, dropped: { cut: 1 } });
    bench.router.setCut(a, b, false);
    bench.clock.advanceTo(2000);
    t.deepEqual([bench.at(b), bench.at(c)], [[], ['a1']]);
    t.is(bench.clock.alarms, 0);
  }
});

test('messages on a slow link keep their order when the delay varies or shrinks', (t) => {
  const bench = new Bench();
  bench.link(a, b, { delay: { type: 'uniform', minMs: 0, maxMs: 50 } });
  for (let term = 1; term <= 50; term += 1) {
    bench.send(a, [heartbeat(a, b, term)]);
    bench.clock.advanceTo(bench.clock.nowMs + 1);
  }
  bench.link(a, b, {});
  bench.send(a, [heartbeat(a, b, 51)]);
  t.true(bench.router.metrics().delayed > 0);
  bench.clock.advanceTo(2000);
  t.deepEqual(
    bench.at(b),
    Array.from({ length: 51 }, (_, i) => `a${i + 1}`),
  );
  t.is(bench.clock.alarms, 0);
});

test('entriesLost: what carries entries is lost and counted, the rest passes', (t) => {
  const bench = new Bench();
  bench.link(a, b, { entriesLost: true });
  const entry = { index: asLogIndex(1), term: asTerm(2), payload: { type: 'command', value: 1 } } as const;
  const loaded = { ...heartbeat(a, b, 2), entries: [entry] };
  bench.send(a, [heartbeat(a, b, 1), loaded, { ...heartbeat(a, b, 3), entries: 'none' }]);
  bench.send(a, [{ ...loaded, to: c }]);
  t.deepEqual(bench.at(b), ['a1', 'a3']);
  t.deepEqual(bench.at(c), ['a2']);
  t.is(bench.router.metrics().dropped.lost, 1);
  bench.router.heal();
  bench.send(a, [loaded]);
  t.deepEqual(bench.at(b), ['a1', 'a3', 'a2']);
});

test('reordering lets messages overtake, and loses none', (t) => {
  const bench = new Bench();
  bench.link(a, b, { reordering: { share: 0.5, withinMs: 20 } });
  for (let term = 1; term <= 50; term += 1) {
    bench.send(a, [heartbeat(a, b, term)]);
    bench.clock.advanceTo(bench.clock.nowMs + 1);
  }
  bench.clock.advanceTo(2000);
  const sent = Array.from({ length: 50 }, (_, i) => `a${i + 1}`);
  t.notDeepEqual(bench.at(b), sent);
  t.deepEqual(bench.at(b).toSorted(), sent.toSorted());
});

test('lag and depth are measured from one reading to the next', (t) => {
  const bench = new Bench();
  bench.link(a, c, { delay: { type: 'fixed', ms: 10 } });
  bench.send(a, [heartbeat(a, b, 1), heartbeat(a, c, 1)], 1, 998);
  bench.send(a, [heartbeat(a, b, 1)], 1, 995);
  t.deepEqual(bench.lags, [2, 5]);
  t.like(bench.router.metrics(), { arrived: 3, lagMs: 3, maxLagMs: 5, maxDepth: 2, delayed: 1, routed: 2 });
  t.like(bench.router.metrics(), { arrived: 0, lagMs: 0, maxLagMs: 0, maxDepth: 0, delayed: 1, routed: 2 });
});

test('a closed router has no alarm left and delivers nothing more', (t) => {
  const bench = new Bench();
  bench.link(a, b, { delay: { type: 'fixed', ms: 10 } });
  bench.send(a, [heartbeat(a, b, 1)]);
  t.is(bench.clock.alarms, 1);
  bench.router.close();
  t.is(bench.clock.alarms, 0);
  bench.clock.advanceTo(2000);
  t.deepEqual(bench.at(b), []);
});
