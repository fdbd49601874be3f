/** The candidate's side: starting, giving a leader up, rounds, their answers and their ends, exit notices. */
import test from 'ava';
import { asTerm } from '../../src/raft/brands.js';
import {
  at,
  candidate,
  command,
  configurationEntry,
  exchange,
  follower,
  followerOf,
  isNear,
  leader,
  members,
  quietFollower,
  r,
  R,
  T,
  type Setup,
  type TestNode,
} from './harness.js';

const five: Setup = { voters: ['n1', 'n2', 'n3', 'n4', 'n5'] };
const sole: Setup = { voters: ['n1'] };
const shorterThan = (least: number, most: number, value: number): boolean => value >= least && value < most;

/** A follower whose pre-vote is open. */
function inPreVote(setup: Setup = {}): TestNode {
  const node = follower(setup);
  node.fire('election');
  return node;
}

/** The first delays of this many seeds: their extremes show the range they were drawn from. */
function extremesOf(drawOf: (seed: number) => number): [least: number, most: number] {
  const draws = Array.from({ length: 300 }, (_, seed) => drawOf(seed));
  return [Math.min(...draws), Math.max(...draws)];
}

// Start.

test('start: what was stored is restored, as a follower of nobody with one timer', (t) => {
  const node = follower({ term: 4, votedFor: 'n2', log: [1, 4] });
  const { role, currentTerm, votedFor, leaderId, commitIndex } = node.state;
  t.deepEqual([role, currentTerm, votedFor, leaderId], ['follower', asTerm(4), node.peer('n2').id, null]);
  t.is(node.state.log.entries.length, 2);
  t.is(commitIndex, at(0, 0).index);
  t.deepEqual(node.armed(), ['election']);
  t.like(node.started.event('started'), { term: 4, lastLog: at(4, 2), restartWaitMs: T });
  t.deepEqual(node.started.writes, []);
});

test('start: the first timeout of a brand-new node is drawn from U(0, R), of any other from [T, T+R], by its seed', (t) => {
  for (const [setup, from] of [
    [{ rules: { rankedSuccessors: false } }, 0],
    [{ term: 1 }, T],
    [{ log: [1] }, T],
    [{ rules: { promptStart: false } }, T],
  ] as const) {
    const [least, most] = extremesOf((seed) => follower({ ...setup, seed }).remainingMs('election'));
    t.true(shorterThan(from, from + 0.02 * R, least), `least ${least}`);
    t.true(shorterThan(from + 0.98 * R, from + R, most), `most ${most}`);
  }
});

test('start: a sole voter is leader at once, its vote written before its entry', (t) => {
  const node = follower(sole);
  t.is(node.state.role, 'leader');
  t.deepEqual(
    node.started.writes.map(({ hardState, entries }) => [hardState?.currentTerm ?? null, entries.length]),
    [
      [asTerm(1), 0],
      [null, 1],
    ],
  );
  for (const type of ['elected', 'established', 'ready', 'committed'] as const)
    t.true(node.started.has(type));
});

test('start: a sole voter has promised nobody anything: restarted with a term it stands at once', (t) => {
  const node = follower({ ...sole, term: 6, log: [6], learners: ['n2'] });
  t.is(node.state.role, 'leader');
  t.is(node.state.currentTerm, asTerm(7));
  t.is(node.started.event('started').restartWaitMs, 0);
});

test('start: one of two halves of a joint configuration is no sole voter', (t) => {
  t.is(follower({ ...sole, oldVoters: ['n1', 'n2'] }).state.role, 'follower');
});

test('start: a learner, a removed node and one without a configuration arm no timer', (t) => {
  for (const setup of [
    { voters: ['n2'], learners: ['n1'] },
    { voters: ['n2'], learners: ['n1'], term: 3 },
    { voters: null },
    { entries: [configurationEntry(1, 1, members(['n2', 'n3']))], term: 1 },
  ]) {
    const node = follower(setup);
    t.deepEqual(node.armed(), []);
    t.is(node.state.role, 'follower');
  }
});

test('§4.1 start: the configuration in the log overrules the one it was booted with', (t) => {
  const node = quietFollower({ entries: [configurationEntry(1, 1, members(['n1', 'n7', 'n8']))], term: 1 });
  t.deepEqual(
    node
      .fire('election')
      .all('preVoteRequest')
      .map(({ to }) => String(to)),
    ['n7', 'n8'],
  );
});

// Election timeout.

test('§5.2 follower that heard nobody for its timeout gives the leader up and says after how long', (t) => {
  const node = followerOf('n2');
  const { deadlineMs, clock } = node.timer('election');
  const heardMs = node.runningMs;
  const outcome = node.fire('election');
  const suspected = outcome.event('suspected');
  t.like(suspected, { leaderId: 'n2', term: 1, silentMs: node.runningMs - heardMs });
  t.true(isNear(suspected.timeoutMs, node.runningMs - heardMs));
  t.is(clock, 'now');
  t.is(node.nowMs, deadlineMs);
  t.is(node.state.leaderId, null);
  t.is(node.state.role, 'follower');
});

test('a node that knows no leader campaigns without suspecting one', (t) => {
  t.false(follower().fire('election').has('suspected'));
});

test('pitfall 1: an AppendEntries of the leader that still waits in the mailbox is contact: the timer is re-armed from its arrival', (t) => {
  const node = followerOf('n2');
  node.advance(node.remainingMs('election') - 5);
  const waiting = node.time;
  const { generation } = node.timer('election');
  const outcome = node.fire('election', waiting);
  t.false(outcome.has('suspected'));
  t.deepEqual(outcome.timers, ['+election']);
  t.true(shorterThan(T - 5, T + R - 5, node.remainingMs('election')));
  t.true(node.timer('election').generation > generation);
  t.is(node.state.leaderId, node.peer('n2').id);
  node.advance(T - 6, 0);
  t.is(
    node.peer('n3').asksPreVote().message('preVoteReply').reason,
    'leaseLive',
    'the promise runs from there too',
  );
});

test('pitfall 1: what waits is older than what was heard, or so old that its deadline has passed too: the leader is given up', (t) => {
  // Drawn anew, the timeout of some would not be over yet.
  for (let seed = 0; seed < 20; seed += 1) {
    const node = followerOf('n2', { seed });
    const heard = node.time;
    t.true(node.fire('election', heard).has('suspected'), `seed ${seed}`);
  }
  const other = followerOf('n2');
  other.advance(1);
  const waiting = other.time;
  other.advance(T + R);
  t.false(other.expire('election', other.timer('election').generation, waiting).has('suspected'));
  t.true(other.remainingMs('election') <= 0, 'counted from then on, and due at once');
  t.true(other.fire('election', waiting).has('suspected'));
});

test('pitfall 1: waiting contact is nothing to a node that has no leader', (t) => {
  const node = quietFollower({ term: 1 });
  node.advance(T + R);
  t.true(node.fire('election', node.time).has('roundOpened'));
});

test('a leader that was nearly given up, and found in the mailbox, is a near miss of the whole timeout', (t) => {
  const node = followerOf('n2');
  const heardMs = node.runningMs;
  node.advance(node.remainingMs('election') - 5);
  const waiting = node.time;
  const nearMiss = node.fire('election', waiting).event('heartbeatNearMiss');
  t.like(nearMiss, { leaderId: 'n2', term: 1, gapMs: waiting.runningMs - heardMs });
  t.false(node.peer('n2').appends({}, waiting).has('heartbeatNearMiss'), 'and reported once');
});

test('pitfall 1: time during which the node did not run is no silence: it has to have run for the grace before it gives up', (t) => {
  const node = followerOf('n2', { options: { stallGraceMs: 75 } });
  const { delayMs } = node.state.timers.election;
  node.advance(10 * T, 1);
  const woken = node.fire('election');
  t.false(woken.has('suspected'));
  t.deepEqual(woken.timers, ['+election']);
  t.is(node.timer('election').clock, 'running');
  t.true(isNear(node.remainingMs('election'), 74));
  node.advance(5 * T, 70);
  t.true(isNear(node.remainingMs('election'), 4), 'and no more counts of the next standstill');
  const suspected = node.fire('election').event('suspected');
  t.true(isNear(suspected.silentMs, 75));
  t.true(
    isNear(suspected.sharedSilentMs, 15 * T + 4),
    'on the other clock the leader has been silent all along',
  );
  t.is(suspected.timeoutMs, delayMs);
});

test('pitfall 1: a node that stood still keeps a leader that it hears within its grace, and one that waits in its mailbox', (t) => {
  const node = followerOf('n2');
  node.advance(10 * T, 1);
  node.fire('election');
  node.advance(10);
  node.peer('n2').appends();
  t.is(node.timer('election').clock, 'now');
  t.true(shorterThan(T, T + R, node.remainingMs('election')));

  const other = followerOf('n2');
  other.advance(10 * T, 1);
  other.fire('election');
  other.advance(70);
  const waiting = other.time;
  other.advance(10 * T, 4);
  t.false(other.fire('election', waiting).has('suspected'));
  t.false(
    other.fire('election', waiting).has('suspected'),
    'that was the last word, and it stood still since',
  );
  t.is(other.timer('election').clock, 'running');
  t.true(other.fire('election', waiting).has('suspected'));
});

test('the grace is never longer than the timeout, and asks nothing of a node that ran all the time', (t) => {
  for (const stallGraceMs of [0, 75, T, 10 * T]) {
    const node = followerOf('n2', { options: { stallGraceMs } });
    t.true(node.fire('election').has('suspected'), `${stallGraceMs}`);
    const stalled = followerOf('n2', { options: { stallGraceMs } });
    const { delayMs } = stalled.state.timers.election;
    stalled.advance(10 * T, 0);
    t.is(stalled.fire('election').has('suspected'), stallGraceMs === 0);
    if (stallGraceMs > 0) t.true(isNear(stalled.remainingMs('election'), Math.min(delayMs, stallGraceMs)));
  }
});

test('who is told of the leader’s exit waits for no grace', (t) => {
  const node = followerOf('n2');
  node.advance(1, 0);
  node.exitOf('n2', { term: 1 });
  t.true(node.fire('election').has('roundOpened'));
});

test('the lease outlasts an early election timer: it is re-armed for what remains, and nothing is asked', (t) => {
  // A running clock that is ahead of the other by a hair, or a retry wait that was armed before the contact.
  const node = followerOf('n2');
  const { generation } = node.timer('election');
  node.advance(1, T + R);
  const outcome = node.expire('election', generation);
  t.deepEqual(outcome.sent, []);
  t.deepEqual(outcome.timers, ['+election']);
  t.true(isNear(node.remainingMs('election'), T - 1));
  t.is(node.state.leaderId, node.peer('n2').id);
});

test('an expiry of an earlier arming, or of a timer that is cleared, is nothing', (t) => {
  const node = followerOf('n2');
  const { generation } = node.timer('election');
  node.peer('n2').appends();
  node.advance(T + R);
  for (const stale of [generation, generation - 1, generation + 7]) {
    t.deepEqual(node.expire('election', stale).effects, []);
  }
  for (const timer of ['preVote', 'vote', 'heartbeat', 'quorumCheck'] as const) {
    t.deepEqual(node.expire(timer, node.state.timers[timer].generation).effects, []);
  }
});

test('pitfall 13: detection timeouts are drawn once an arming, real-valued, differently each time', (t) => {
  const node = followerOf('n2');
  const draws = new Set(
    Array.from({ length: 50 }, () => {
      node.peer('n2').appends();
      return node.remainingMs('election');
    }),
  );
  t.is(draws.size, 50);
  t.true([...draws].every((draw) => shorterThan(T, T + R, draw)));
  t.true([...draws].some((draw) => !Number.isInteger(draw * 16)));
});

// Pre-vote round.

test('§9.6 pre-vote: asks every other voter for the next term with its last entry; nothing is incremented or written', (t) => {
  const node = quietFollower({ ...five, term: 3, log: [1, 3], learners: ['n6'] });
  const outcome = node.fire('election');
  const requests = outcome.all('preVoteRequest');
  t.deepEqual(
    requests.map(({ to }) => String(to)),
    ['n2', 'n3', 'n4', 'n5'],
  );
  for (const request of requests)
    t.like(request, { term: 4, lastLog: at(3, 2), round: { incarnation: 1, counter: 1 } });
  t.like(outcome.event('roundOpened'), { phase: 'preVote', term: 4, round: { incarnation: 1, counter: 1 } });
  t.deepEqual(outcome.writes, []);
  t.deepEqual([node.state.role, node.state.currentTerm, node.state.votedFor], ['follower', asTerm(3), null]);
  t.deepEqual(node.armed(), ['preVote']);
  t.is(outcome.sent.length, 4);
});

test('§4.3 pre-vote: the voters of both configurations are asked, each once', (t) => {
  const node = follower({ voters: ['n1', 'n2', 'n3'], oldVoters: ['n1', 'n3', 'n4'] });
  t.deepEqual(
    node
      .fire('election')
      .all('preVoteRequest')
      .map(({ to }) => String(to)),
    ['n2', 'n3', 'n4'],
  );
});

test('a round stays open for a fresh draw from [T, T+R], or for voteTimeoutMs, be it pre-vote or vote', (t) => {
  for (const [timer, make] of [
    ['preVote', inPreVote],
    ['vote', candidate],
  ] as const) {
    const [least, most] = extremesOf((seed) => make({ seed }).remainingMs(timer));
    t.true(shorterThan(T, T + 0.02 * R, least));
    t.true(shorterThan(T + 0.98 * R, T + R, most));
    t.is(make({ options: { voteTimeoutMs: 33 } }).remainingMs(timer), 33);
  }
});

test('§9.6 pitfall 26: an unanswered pre-vote is closed by its timer, and the retry wait follows: then a new round', (t) => {
  const node = inPreVote();
  const outcome = node.fire('preVote');
  t.like(outcome.event('roundLost'), { phase: 'preVote', reason: 'timedOut', term: 1 });
  t.is(node.state.round, null);
  t.deepEqual(node.armed(), ['election']);
  t.true(shorterThan(0, r, node.remainingMs('election')));
  t.like(node.fire('election').event('roundOpened'), {
    phase: 'preVote',
    term: 1,
    round: { incarnation: 1, counter: 2 },
  });
});

test('§9.6 a quorum of grants makes it candidate: 3 of 5 with its own, not 2', (t) => {
  const node = inPreVote(five);
  node.peer('n2').answersPreVote();
  t.is(node.state.role, 'follower');
  const outcome = node.peer('n4').answersPreVote();
  t.is(node.state.role, 'candidate');
  t.deepEqual(outcome.event('roundWon').grants.map(String), ['n1', 'n2', 'n4']);
});

test('§4.3 pitfall 22: in a joint configuration a pre-vote and a vote need quorums of both halves', (t) => {
  const node = inPreVote({ voters: ['n1', 'n2', 'n3'], oldVoters: ['n4', 'n5', 'n6'] });
  for (const peer of ['n2', 'n3', 'n4']) node.peer(peer).answersPreVote();
  t.is(node.state.role, 'follower');
  node.peer('n5').answersPreVote();
  t.is(node.state.role, 'candidate');
  for (const peer of ['n4', 'n5', 'n6']) node.peer(peer).answersVote();
  t.is(node.state.role, 'candidate');
  node.peer('n2').answersVote();
  t.is(node.state.role, 'leader');
});

test('pitfall 17: grants of learners and strangers make nobody candidate or leader', (t) => {
  const node = inPreVote({ ...five, learners: ['n6'] });
  for (const peer of ['n6', 'n7', 'n8']) node.peer(peer).answersPreVote();
  t.is(node.state.role, 'follower');
  for (const peer of ['n2', 'n3']) node.peer(peer).answersPreVote();
  for (const peer of ['n6', 'n7', 'n8']) node.peer(peer).answersVote();
  t.is(node.state.role, 'candidate');
});

for (const [phase, make] of [
  ['preVote', inPreVote],
  ['vote', candidate],
] as const) {
  const name = phase === 'preVote' ? 'pre-vote' : 'vote';
  const won = phase === 'preVote' ? 'candidate' : 'leader';

  test(`a ${name}: a peer’s first answer counts, a second one does not`, (t) => {
    const node = make(five);
    node.peer('n2').answers(phase, { reason: 'staleLog' });
    const { ballot } = node.state.round ?? {};
    const granted = [...(ballot?.granted ?? [])];
    t.false(node.peer('n2').answers(phase).has('answered'));
    t.deepEqual(ballot?.granted, granted);
    t.deepEqual(ballot?.refused.map(String), ['n2']);
  });

  test(`pitfall 2: a ${name}: the answer of another round, incarnation, term or kind is not counted`, (t) => {
    const node = make(five);
    const round = { incarnation: 1, counter: node.state.roundCounter };
    for (const wrong of [
      { round: { ...round, counter: round.counter - 1 } },
      { round: { ...round, counter: round.counter + 1 } },
      { round: { ...round, incarnation: 2 } },
      { requestTerm: 0 },
      { requestTerm: 2 },
    ]) {
      for (const peer of ['n2', 'n3', 'n4', 'n5'])
        t.deepEqual(node.peer(peer).answers(phase, wrong).effects, []);
    }
    const other = phase === 'vote' ? 'preVote' : 'vote';
    for (const peer of ['n2', 'n3', 'n4', 'n5']) {
      t.deepEqual(node.peer(peer).answers(other, { round, requestTerm: 1 }).effects, []);
    }
    for (const peer of ['n2', 'n3', 'n4']) {
      if (node.state.role !== won) node.peer(peer).answers(phase);
    }
    t.is(node.state.role, won);
  });

  test(`pitfalls 8, 9: a ${name}: the answer with a higher term is adopted and written, even of a stale round`, (t) => {
    for (const round of [undefined, { incarnation: 1, counter: 0 }]) {
      const node = make(five);
      const outcome = node
        .peer('n2')
        .answers(phase, { term: 9, reason: 'staleTerm', ...(round === undefined ? {} : { round }) });
      t.is(node.state.currentTerm, asTerm(9));
      t.is(node.state.role, 'follower');
      t.like(outcome.event('roundLost'), { reason: 'higherTerm' });
      t.like(outcome.event('termAdopted'), { term: 9, from: 'n2' });
      t.deepEqual(
        outcome.writes.map(({ hardState }) => hardState),
        [{ currentTerm: asTerm(9), votedFor: null }],
      );
      t.deepEqual(node.armed(), ['election']);
    }
  });

  test(`pitfall 8: a ${name} answered from a lower term counts`, (t) => {
    const node = make({ term: 6 });
    const before = node.state.role;
    node.peer('n2').answers(phase, { term: 2 });
    t.not(node.state.role, before);
  });

  test(`a ${name}: a late answer is nothing to a follower without a round, and to a leader`, (t) => {
    t.deepEqual(followerOf('n2').peer('n3').answers(phase).effects, []);
    t.deepEqual(leader().peer('n3').answers(phase).effects, []);
  });

  test(`pitfall 21: a ${name} of 5 is decided by three, whatever the other two do not say`, (t) => {
    const node = make(five);
    node.peer('n3').answers(phase);
    node.peer('n5').answers(phase);
    t.is(node.state.role, won);
  });

  test(`a ${name}: each counted answer is reported with its reason`, (t) => {
    const node = make(five);
    t.like(node.peer('n2').answers(phase, { reason: 'staleLog' }).event('answered'), {
      from: 'n2',
      granted: false,
      reason: 'staleLog',
      leaseRemainingMs: null,
    });
    t.like(node.peer('n3').answers(phase, { reason: 'leaseLive', leaseMs: 12 }).event('answered'), {
      leaseRemainingMs: 12,
    });
  });
}

test('§9.6 an answer with a higher term ends the pre-vote: retry wait, one step longer', (t) => {
  const node = inPreVote();
  node.peer('n2').answersPreVote({ term: 5, reason: 'staleTerm' });
  t.true(shorterThan(0, r, node.remainingMs('election')));
  t.is(node.state.failedRounds, 1);
});

test('§9.6 a pre-vote that can no longer win is over now, and the retry wait is armed', (t) => {
  const node = inPreVote(five);
  for (const peer of ['n2', 'n3']) {
    t.false(node.peer(peer).answersPreVote({ reason: 'staleLog' }).has('roundLost'));
  }
  const lost = node.peer('n4').answersPreVote({ reason: 'staleLog' }).event('roundLost');
  t.like(lost, { phase: 'preVote', reason: 'quorumImpossible' });
  t.deepEqual(node.armed(), ['election']);
  t.true(shorterThan(0, r, node.remainingMs('election')));
  t.is(node.state.failedRounds, 1);
});

test('rule earlyLoss off: a lost round, pre-vote or vote, stays open until its timer', (t) => {
  const refusal = { reason: 'staleLog' } as const;
  const preVote = inPreVote({ rules: { earlyLoss: false } });
  for (const peer of ['n2', 'n3']) t.false(preVote.peer(peer).answersPreVote(refusal).has('roundLost'));
  t.like(preVote.fire('preVote').event('roundLost'), { reason: 'timedOut' });
  const vote = candidate({ rules: { earlyLoss: false } });
  for (const peer of ['n2', 'n3']) t.false(vote.peer(peer).answersVote(refusal).has('roundLost'));
  t.like(vote.fire('vote').event('roundLost'), { reason: 'timedOut' });
});

// Lease hint.

test('lease hint: a pre-vote of 5 lost to leases is repeated when enough of them have run out, + U(0, r), and raises no wait', (t) => {
  const [least, most] = extremesOf((seed) => {
    const node = inPreVote({ ...five, seed });
    for (const [peer, leaseMs] of [
      ['n2', 70],
      ['n3', 30],
      ['n4', 50],
    ] as const) {
      node.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs });
    }
    if (node.state.failedRounds !== 0 || node.state.round !== null) throw new Error('it raised');
    return node.remainingMs('election');
  });
  // With itself it needs two of them, or of the one that is silent: that one may grant from the end of the last on.
  t.true(shorterThan(50, 50 + 0.02 * r, least), `least ${least}`);
  t.true(shorterThan(50 + 0.98 * r, 50 + r, most), `most ${most}`);
});

test('lease hint: leases and grants are a quorum but silent peers hold the round: it ends when the leases do, and is asked again', (t) => {
  const node = inPreVote({ ...five, options: { voteTimeoutMs: T } });
  node.peer('n2').answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  t.is(node.remainingMs('preVote'), T);
  node.peer('n3').answersPreVote({ reason: 'leaseLive', leaseMs: 20 });
  t.true(shorterThan(40, 40 + r, node.remainingMs('preVote')));
  const outcome = node.fire('preVote');
  t.like(outcome.event('roundLost'), { reason: 'leasesExpired', retryInMs: 0 });
  t.like(outcome.event('roundOpened'), { phase: 'preVote', round: { incarnation: 1, counter: 2 } });
  t.is(node.state.failedRounds, 0);
});

test('lease hint: a round never stays open beyond voteTimeoutMs, however long the leases: then the retry wait', (t) => {
  const node = inPreVote({ ...five, options: { voteTimeoutMs: 15 } });
  node.peer('n2').answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  node.advance(1);
  node.peer('n3').answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  t.is(node.remainingMs('preVote'), 14);
  const outcome = node.fire('preVote');
  t.like(outcome.event('roundLost'), { reason: 'timedOut' });
  t.false(outcome.has('roundOpened'));
  t.deepEqual(node.armed(), ['election']);
});

test('lease hint: where grants, leases and the silent are no quorum, the retry wait is armed and raised', (t) => {
  const node = inPreVote(five);
  node.peer('n2').answersPreVote({ reason: 'staleLog' });
  node.peer('n3').answersPreVote({ reason: 'staleLog' });
  node.peer('n4').answersPreVote({ reason: 'staleLog' });
  t.is(node.state.failedRounds, 1);
  const mixed = inPreVote(five);
  mixed.peer('n2').answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  mixed.peer('n3').answersPreVote({ reason: 'staleLog' });
  mixed.peer('n4').answersPreVote({ reason: 'staleLog' });
  t.is(mixed.state.failedRounds, 0, 'with that lease out of the way it could have won');
  t.true(mixed.remainingMs('election') >= 40);
});

test('rule leaseHint off: leases that refuse a round are answered by the retry wait, not raised', (t) => {
  const node = inPreVote({ rules: { leaseHint: false } });
  for (const peer of ['n2', 'n3']) node.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  t.true(shorterThan(0, r, node.remainingMs('election')));
  t.is(node.state.failedRounds, 0);
});

test('a round that leases refused and its timer ended does not raise the retry wait; one that met silence does', (t) => {
  const rules = { leaseHint: false, earlyLoss: false };
  const refused = inPreVote({ rules });
  for (const peer of ['n2', 'n3']) refused.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  refused.fire('preVote');
  t.is(refused.state.failedRounds, 0);
  const silent = inPreVote({ ...five, rules });
  silent.peer('n2').answersPreVote({ reason: 'leaseLive', leaseMs: 40 });
  silent.fire('preVote');
  t.is(silent.state.failedRounds, 1);
  const unheard = candidate(five);
  unheard.peer('n2').answersVote({ reason: 'leaseLive', leaseMs: 40 });
  unheard.fire('vote');
  t.is(unheard.state.failedRounds, 1);
});

// Retry wait.

/** The longest of many waits after that many failures in a row. */
function longestWaitAfter(failures: number): number {
  const [, most] = extremesOf((seed) => {
    const node = inPreVote({ seed });
    for (let failure = 1; failure < failures; failure += 1) {
      node.fire('preVote');
      node.fire('election');
    }
    node.fire('preVote');
    return node.remainingMs('election');
  });
  return most;
}

test('pitfall 27: retry wait: U(0, min(T, r·2^k)), k counting failed rounds; it grows beyond the split window and never past T', (t) => {
  for (const [failures, widthMs] of [
    [1, r],
    [2, 2 * r],
    [3, 4 * r],
    [4, 8 * r],
    [5, T],
    [60, T],
  ] as const) {
    const most = longestWaitAfter(failures);
    t.true(shorterThan(0.98 * widthMs, widthMs, most), `after ${failures}: ${most}`);
  }
});

test('retry wait: a leader that is accepted, or becoming leader, starts k afresh', (t) => {
  const node = inPreVote();
  node.fire('preVote');
  node.fire('election');
  t.is(node.state.failedRounds, 1);
  node.peer('n2').appends({ term: 1 });
  t.is(node.state.failedRounds, 0);
  const winner = inPreVote();
  winner.fire('preVote');
  winner.stand();
  winner.peer('n2').answersVote();
  t.deepEqual([winner.state.role, winner.state.failedRounds], ['leader', 0]);
});

test('retry wait: with r = 0 it is no wait, and after a thousand failures still a number', (t) => {
  const node = inPreVote({ options: { retryJitterMs: 0, voteTimeoutMs: 1 } });
  for (let failure = 0; failure < 1_100; failure += 1) {
    node.fire('preVote');
    t.is(node.remainingMs('election'), 0);
    node.fire('election');
  }
});

test('rule retryWait off: after a failed round a fresh detection timeout', (t) => {
  const [least, most] = extremesOf((seed) => {
    const node = inPreVote({ seed, rules: { retryWait: false } });
    node.fire('preVote');
    return node.remainingMs('election');
  });
  t.true(shorterThan(T, T + 0.02 * R, least));
  t.true(shorterThan(T + 0.98 * R, T + R, most));
});

// Vote round.

test('§5.2 pitfall 5: a candidate writes term and vote, once, before anybody is asked for either', (t) => {
  const node = inPreVote({ log: [1] });
  const outcome = node.peer('n3').answersPreVote();
  t.deepEqual(
    outcome.writes.map(({ hardState, entries }) => [hardState, entries.length]),
    [[{ currentTerm: asTerm(1), votedFor: node.state.id }, 0]],
  );
  const order = outcome.effects.flatMap(({ type }) => (type === 'persist' || type === 'send' ? [type] : []));
  t.deepEqual(order, ['persist', 'send', 'send']);
  for (const request of outcome.all('voteRequest')) {
    t.like(request, { term: 1, lastLog: at(1, 1), round: { incarnation: 1, counter: 2 } });
  }
  t.deepEqual(node.armed(), ['vote']);
  t.like(outcome.event('roundOpened'), { phase: 'vote', term: 1 });
});

test('§5.2 candidate of 5 is leader with three votes, its own counted, and says whose', (t) => {
  const node = candidate(five);
  node.peer('n2').answersVote();
  t.is(node.state.role, 'candidate');
  const outcome = node.peer('n5').answersVote();
  t.is(node.state.role, 'leader');
  t.deepEqual(outcome.event('elected').votes.map(String), ['n1', 'n2', 'n5']);
  t.like(outcome.event('roundWon'), { phase: 'vote', term: 1 });
});

for (const [how, reason, cause] of [
  ['lost', 'quorumImpossible', 'roundLost'],
  ['timed out', 'timedOut', 'voteTimedOut'],
] as const) {
  const end = (node: TestNode): ReturnType<TestNode['fire']> => {
    if (how === 'timed out') return node.fire('vote');
    node.peer('n2').answersVote({ reason: 'votedForAnother' });
    return node.peer('n3').answersVote({ reason: 'votedForAnother' });
  };

  test(`a vote round ${how}: follower of the same term, vote kept, retry wait, then a pre-vote`, (t) => {
    const node = candidate();
    const outcome = end(node);
    t.like(outcome.event('steppedDown'), { from: 'candidate', reason: cause });
    t.like(outcome.event('roundLost'), { phase: 'vote', reason });
    t.deepEqual([node.state.currentTerm, node.state.votedFor], [asTerm(1), node.state.id]);
    t.deepEqual(outcome.writes, []);
    t.deepEqual(node.armed(), ['election']);
    t.true(shorterThan(0, r, node.remainingMs('election')));
    t.is(node.state.failedRounds, 1);
    t.like(node.fire('election').event('roundOpened'), { phase: 'preVote', term: 2 });
    t.is(node.state.currentTerm, asTerm(1));
  });

  test(`rule stepDownOnVoteTimeout off, a vote round ${how}: it stays candidate for the retry wait, then stands with term + 1`, (t) => {
    const node = candidate({ rules: { stepDownOnVoteTimeout: false } });
    const outcome = end(node);
    t.like(outcome.event('roundLost'), { phase: 'vote', reason });
    t.is(node.state.role, 'candidate');
    t.is(node.state.round, null);
    t.deepEqual(node.armed(), ['vote']);
    t.true(shorterThan(0, r, node.remainingMs('vote')));
    t.is(node.state.failedRounds, 1);
    const next = node.fire('vote');
    t.like(next.event('roundOpened'), { phase: 'vote', term: 2 });
    t.deepEqual([node.state.role, node.state.currentTerm], ['candidate', asTerm(2)]);
  });
}

test('pitfall 21 candidate of 5, two dead, a split vote: nobody waits for the dead, the retry wait begins at once', (t) => {
  const node = candidate(five);
  // n2 and n3 made the pre-vote's quorum. One of them voted for a rival; n4 and n5 have never said a word.
  node.peer('n2').answersVote();
  const outcome = node.peer('n3').answersVote({ reason: 'votedForAnother' });
  t.deepEqual([node.state.role, node.armed()], ['candidate', ['vote']]);
  t.true(shorterThan(0, r, node.remainingMs('vote')));
  t.is(node.state.failedRounds, 1);
  t.false(outcome.events.some(({ type }) => type === 'roundLost'));

  const next = node.fire('vote');
  t.like(next.event('roundLost'), { phase: 'vote', reason: 'onlySilentLeft', retryInMs: 0 });
  t.like(next.event('steppedDown'), { from: 'candidate', reason: 'roundLost' });
  t.like(next.event('roundOpened'), { phase: 'preVote', term: 2 });
  t.deepEqual([node.state.currentTerm, node.state.votedFor], [asTerm(1), node.state.id]);
});

test('candidate of 5, a split vote: who answered the pre-vote is waited for, who has been silent since is not', (t) => {
  const node = candidate(five);
  const { generation } = node.timer('vote');
  node.peer('n2').answersVote({ reason: 'votedForAnother' });
  t.is(node.timer('vote').generation, generation, 'n3 answered the pre-vote, and may yet answer');
  node.peer('n3').answersVote();
  t.true(shorterThan(0, r, node.remainingMs('vote')));
});

test('candidate of 5, a split vote with dead peers: the wait that has begun is not drawn again by a later answer', (t) => {
  for (let seed = 0; seed < 20; seed += 1) {
    const node = candidate({ ...five, seed });
    node.peer('n2').answersVote();
    node.peer('n3').answersVote({ reason: 'votedForAnother' });
    const { generation } = node.timer('vote');
    node.peer('n4').answersVote({ reason: 'votedForAnother' });
    t.deepEqual([node.timer('vote').generation, node.state.failedRounds], [generation, 1]);
  }
});

test('candidate of 5, a split vote with dead peers: the round never stays open beyond voteTimeoutMs, however long the wait', (t) => {
  const node = candidate({ ...five, options: { voteTimeoutMs: 1e-6 } });
  node.peer('n2').answersVote();
  node.peer('n3').answersVote({ reason: 'votedForAnother' });
  t.true(isNear(node.remainingMs('vote'), 1e-6));
  t.is(node.state.failedRounds, 0);
  t.like(node.fire('vote').event('roundLost'), { phase: 'vote', reason: 'timedOut' });
});

test('candidate of 5 that only silent peers could still elect is elected when one speaks up during the retry wait', (t) => {
  const node = candidate(five);
  node.peer('n2').answersVote();
  node.peer('n3').answersVote({ reason: 'votedForAnother' });
  node.peer('n5').answersVote();
  t.is(node.state.role, 'leader');
});

test('candidate of 5 whose vote becomes impossible during the retry wait goes on with that wait', (t) => {
  const node = candidate(five);
  node.peer('n2').answersVote({ reason: 'votedForAnother' });
  node.peer('n3').answersVote({ reason: 'votedForAnother' });
  const remainingMs = node.remainingMs('vote');
  const outcome = node.peer('n4').answersVote({ reason: 'votedForAnother' });
  t.like(outcome.event('roundLost'), { reason: 'quorumImpossible', retryInMs: remainingMs });
  t.deepEqual([node.armed(), node.remainingMs('election')], [['election'], remainingMs]);
  t.is(node.state.failedRounds, 1);
});

test('candidate of 5 that stays candidate stands again when the retry wait of such a round is over', (t) => {
  const node = candidate({ ...five, rules: { stepDownOnVoteTimeout: false } });
  node.peer('n2').answersVote();
  node.peer('n3').answersVote({ reason: 'votedForAnother' });
  const next = node.fire('vote');
  t.like(next.event('roundLost'), { reason: 'onlySilentLeft' });
  t.deepEqual([node.state.role, node.state.currentTerm], ['candidate', asTerm(2)]);
});

for (const rule of ['earlyLoss', 'retryWait', 'preVote'] as const) {
  test(`rule ${rule} off: a split vote with dead peers waits for them until the vote timer`, (t) => {
    const node = candidate({ ...five, rules: { [rule]: false } });
    const before = node.remainingMs('vote');
    node.peer('n2').answersVote();
    node.peer('n3').answersVote({ reason: 'votedForAnother' });
    t.true(isNear(node.remainingMs('vote'), before));
  });
}

test('rules stepDownOnVoteTimeout and retryWait off: one timer is vote timeout and retry in one', (t) => {
  const rules = { stepDownOnVoteTimeout: false, retryWait: false };
  const late = candidate({ rules });
  late.fire('vote');
  t.deepEqual([late.state.role, late.state.currentTerm], ['candidate', asTerm(2)]);
  const early = candidate({ rules });
  const { generation } = early.timer('vote');
  for (const peer of ['n2', 'n3']) early.peer(peer).answersVote({ reason: 'votedForAnother' });
  t.deepEqual([early.timer('vote').generation, early.state.round], [generation, null]);
  early.fire('vote');
  t.is(early.state.currentTerm, asTerm(2));
});

test('a candidate that waits for its next round takes a vote request of a later term, and late answers for nothing', (t) => {
  const node = candidate({ rules: { stepDownOnVoteTimeout: false } });
  node.fire('vote');
  t.deepEqual(node.peer('n2').answersVote().effects, []);
  t.true(node.peer('n2').asksVote({ term: 2 }).message('voteReply').granted);
  t.deepEqual(node.armed(), ['election']);
});

// Rule preVote off.

test('rule preVote off: the timeout makes a candidate at once, with term + 1', (t) => {
  const node = follower({ rules: { preVote: false } });
  const outcome = node.fire('election');
  t.deepEqual([node.state.role, node.state.currentTerm], ['candidate', asTerm(1)]);
  t.deepEqual(outcome.all('preVoteRequest'), []);
  t.is(outcome.all('voteRequest').length, 2);
});

// Exit notice.

test('exit notice of the leader followed: the promise ends, and a pre-vote opens after U(0, r), not before', (t) => {
  const [least, most] = extremesOf((seed) => {
    const node = followerOf('n2', { seed });
    const outcome = node.exitOf('n2', { term: 1 });
    if (outcome.event('exitNoticed').leaderId !== 'n2' || outcome.sent.length > 0)
      throw new Error('too early');
    return node.remainingMs('election');
  });
  t.true(shorterThan(0, 0.02 * r, least));
  t.true(shorterThan(0.98 * r, r, most));
  const node = followerOf('n2');
  node.exitOf('n2', { term: 1 });
  t.is(node.state.leaderId, null);
  t.is(node.peer('n3').asksPreVote().message('preVoteReply').reason, null);
  t.like(node.fire('election').event('roundOpened'), { phase: 'preVote', term: 2 });
});

test('exit notice of another node, incarnation or term, or without a leader, is ignored', (t) => {
  for (const [node, term, incarnation] of [
    ['n3', 1, 1],
    ['n2', 2, 1],
    ['n2', 0, 1],
    ['n2', 1, 2],
  ] as const) {
    t.deepEqual(followerOf('n2').exitOf(node, { term, incarnation }).effects, []);
  }
  t.deepEqual(follower({ term: 1 }).exitOf('n2', { term: 1 }).effects, []);
  t.deepEqual(candidate().exitOf('n2', { term: 1 }).effects, []);
  t.deepEqual(leader().exitOf('n1', { term: 1 }).effects, []);
  const noticed = followerOf('n2');
  noticed.exitOf('n2', { term: 1 });
  t.deepEqual(noticed.exitOf('n2', { term: 1 }).effects, [], 'a second one too');
});

test('rule exitNotice off: a notice is nothing', (t) => {
  t.deepEqual(followerOf('n2', { rules: { exitNotice: false } }).exitOf('n2', { term: 1 }).effects, []);
});

test('exit notice: what the dead leader sent before is applied, but refreshes neither contact nor timer nor promise', (t) => {
  const node = followerOf('n2');
  node.exitOf('n2', { term: 1 });
  const { contact } = node.state;
  node.advance(0.01);
  const outcome = node.peer('n2').appends({ entries: [command(1, 1)], commit: 1 });
  t.true(outcome.message('appendEntriesReply').success);
  t.is(node.state.commitIndex, at(1, 1).index);
  t.deepEqual(outcome.timers, []);
  t.is(node.state.contact, contact);
  t.is(node.state.leaderId, null);
  t.is(node.peer('n3').asksPreVote().message('preVoteReply').reason, null);
});

test('exit notice: a leader of a later term is followed again, though it is the same node in its next life', (t) => {
  const node = followerOf('n2');
  node.exitOf('n2', { term: 1 });
  const outcome = node.peer('n2', 2).appends({ term: 2 });
  t.like(outcome.event('leaderKnown'), { leaderId: 'n2', term: 2 });
  t.is(node.peer('n3').asksPreVote().message('preVoteReply').reason, 'leaseLive');
  t.true(node.exitOf('n2', { term: 2, incarnation: 2 }).has('exitNoticed'));
});

test('exit notice: the round it opened, refused by leases, is repeated by the retry wait and not by their end', (t) => {
  const node = followerOf('n2');
  node.exitOf('n2', { term: 1 });
  node.fire('election');
  for (const peer of ['n2', 'n3']) node.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs: 90 });
  t.true(shorterThan(0, r, node.remainingMs('election')));
  t.is(node.state.failedRounds, 0);
});

test('exit notice: only the first round is the notice’s: refused again, the next one waits for the leases', (t) => {
  const node = followerOf('n2');
  node.exitOf('n2', { term: 1 });
  for (const waitsMs of [0, 90]) {
    node.fire('election');
    for (const peer of ['n2', 'n3']) node.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs: 90 });
    t.true(shorterThan(waitsMs, waitsMs + r, node.remainingMs('election')));
  }
});

test('exit notice: with five, leases that are a quorum with silent peers shorten the round to the retry wait', (t) => {
  const node = followerOf('n2', five);
  node.exitOf('n2', { term: 1 });
  node.fire('election');
  for (const peer of ['n3', 'n4']) node.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs: 90 });
  t.true(shorterThan(0, r, node.remainingMs('preVote')));
  t.true(node.fire('preVote').has('roundOpened'));
});

test('exit notice: a learner forgets the leader and arms nothing', (t) => {
  const node = followerOf('n2', { voters: ['n2', 'n3'], learners: ['n1'] });
  const outcome = node.exitOf('n2', { term: 1 });
  t.true(outcome.has('exitNoticed'));
  t.deepEqual(outcome.timers, []);
  t.is(node.state.leaderId, null);
});

// A few of them together.

/** n2 alone still hears n1, and all the others. */
function isOffTheBridge(from: string, to: string): boolean {
  return (from === 'n1' && to !== 'n2') || (to === 'n1' && from !== 'n2');
}

test('three nodes elect the first that asks, in one pre-vote and one vote, and follow it', (t) => {
  const nodes = ['n1', 'n2', 'n3'].map((id) => follower({ id }));
  exchange(nodes, nodes[0]?.fire('election').sent ?? []);
  t.deepEqual(
    nodes.map(({ state }) => [state.role, state.currentTerm, state.leaderId, state.commitIndex]),
    (['leader', 'follower', 'follower'] as const).map((role, place) => [
      role,
      asTerm(1),
      nodes[0]?.state.id ?? null,
      at(1, place === 0 ? 1 : 0).index,
    ]),
  );
});

test('pitfall 9: two cohorts, the longer log in the lower term: the term spreads through answers, and the longer log wins', (t) => {
  const longer = ['n1', 'n2'].map((id) => quietFollower({ ...five, id, term: 2, log: [1, 2] }));
  const later = ['n3', 'n4', 'n5'].map((id) => quietFollower({ ...five, id, term: 7, log: [1] }));
  const nodes = [...longer, ...later];
  const [n1] = longer;
  for (let round = 0; round < 3 && n1?.state.role !== 'leader'; round += 1) {
    exchange(nodes, n1?.fire('election').sent ?? []);
  }
  t.is(n1?.state.role, 'leader');
  t.is(n1?.state.currentTerm, asTerm(8));
});

test('pitfall 10: the bridge: a leader that reaches only one other steps down, and its lease does not keep the rest from electing', (t) => {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => follower({ id, ...five }));
  const [n1, n2, n3] = nodes;
  if (n1 === undefined || n2 === undefined || n3 === undefined) return t.fail();
  exchange(nodes, n1.fire('election').sent);
  t.is(n1.state.role, 'leader');
  for (let ms = 0; ms < 2 * T; ms += 20) {
    for (const node of nodes) node.advance(20);
    if (n1.state.role !== 'leader') break;
    exchange(nodes, n1.fire('heartbeat').sent, isOffTheBridge);
    if (n1.state.role === 'leader' && n1.remainingMs('quorumCheck') <= 0)
      exchange(nodes, n1.fire('quorumCheck').sent, isOffTheBridge);
  }
  t.is(n1.state.role, 'follower');
  for (const node of nodes) node.advance(T);
  exchange(nodes, n3.fire('election').sent, isOffTheBridge);
  t.is(n3.state.role, 'leader');
});
