/** The voter's side: every guard of a pre-vote and a vote request, in its order. */
import test, { type ExecutionContext } from 'ava';
import { asTerm } from '../../src/raft/brands.js';
import type { Phase } from '../../src/raft/events.js';
import type { PreVoteReply, RefusalReason, VoteReply } from '../../src/raft/messages.js';
import {
  at,
  candidate,
  command,
  configurationEntry,
  follower,
  followerOf,
  isNear,
  leader,
  members,
  quietFollower,
  R,
  T,
  type Outcome,
  type TestNode,
} from './harness.js';

function replyTo(outcome: Outcome): PreVoteReply | VoteReply {
  const [reply, ...more] = [...outcome.all('preVoteReply'), ...outcome.all('voteReply')];
  if (reply === undefined || more.length > 0) throw new Error('one reply to each request');
  return reply;
}

function reasonFor(outcome: Outcome): RefusalReason | null {
  return replyTo(outcome).reason;
}

function refusal(phase: Phase, node: TestNode, from: string, term: number): RefusalReason | null {
  return reasonFor(node.peer(from).asks(phase, { term, lastLog: at(0, 0) }));
}

/** Asserts that `act` changes nothing the node knows. */
function changesNothing(t: ExecutionContext, node: TestNode, act: () => Outcome): Outcome {
  const before = node.snapshot();
  const outcome = act();
  t.deepEqual(node.snapshot(), before);
  t.deepEqual(outcome.timers, []);
  t.deepEqual(outcome.writes, []);
  return outcome;
}

/** A leader of three in term 1 that n2 answered at its election, `silentMs` ago. */
function leaderAnswered(silentMs: number, setup: Parameters<typeof leader>[0] = {}): TestNode {
  const node = leader(setup);
  const request = node.effects
    .flatMap((effect) =>
      effect.type === 'send' && effect.message.type === 'appendEntries' ? [effect.message] : [],
    )
    .find(({ to }) => to === 'n2');
  if (request === undefined) throw new Error('n2 was sent nothing');
  node.peer('n2').answersAppend(request);
  node.advance(silentMs);
  return node;
}

for (const phase of ['preVote', 'vote'] as const) {
  const name = phase === 'preVote' ? 'pre-vote' : 'vote';
  const rule = phase === 'preVote' ? '§9.6' : '§5.2';

  test(`${rule} follower of 3 without a leader grants a ${name} for the next term, echoing term and round and carrying its own`, (t) => {
    const node = quietFollower({ term: 4, log: [1, 4] });
    const round = { incarnation: 3, counter: 9 };
    const reply = replyTo(node.peer('n2', 3).asks(phase, { round }));
    t.like(reply, { to: 'n2', granted: true, reason: null, requestTerm: 5, round, leaseRemainingMs: null });
    t.is(reply.term, asTerm(phase === 'preVote' ? 4 : 5));
  });

  test(`§4.1 follower refuses the ${name} of a stranger unless its log is newer than the entry of the configuration`, (t) => {
    const setup = {
      term: 4,
      entries: [command(1, 1), configurationEntry(2, 2, members(['n1', 'n2', 'n3'])), command(2, 3)],
    };
    for (const [lastLog, reason] of [
      [at(1, 9), 'notInConfiguration'],
      [at(2, 1), 'notInConfiguration'],
      [at(2, 2), 'notInConfiguration'],
      [at(2, 3), null],
      [at(3, 3), null],
    ] as const) {
      t.is(reasonFor(quietFollower(setup).peer('n9').asks(phase, { lastLog })), reason);
      t.is(
        reasonFor(
          quietFollower(setup)
            .peer('n2')
            .asks(phase, { lastLog: at(2, 3) }),
        ),
        null,
      );
    }
  });

  test(`§4.2.1 follower refuses the ${name} of a learner whose log is not newer than its configuration`, (t) => {
    const node = quietFollower({ term: 1, learners: ['n4'] });
    t.is(reasonFor(changesNothing(t, node, () => node.peer('n4').asks(phase))), 'notInConfiguration');
  });

  test(`§4.3 follower in a joint configuration grants the ${name} of an old voter`, (t) => {
    const node = quietFollower({ term: 1, voters: ['n1', 'n2', 'n3'], oldVoters: ['n1', 'n7'] });
    t.is(reasonFor(node.peer('n7').asks(phase)), null);
  });

  test(`pitfall 30: follower grants the ${name} of a member that only its own older configuration does not know`, (t) => {
    const node = quietFollower({ term: 2, log: [1] });
    t.is(reasonFor(node.peer('n5').asks(phase, { lastLog: at(1, 2) })), null);
  });

  test(`pitfall 17: a removed node with an older log than the configuration entry gets no ${name}`, (t) => {
    const entries = [command(1, 1), configurationEntry(1, 2, members(['n1', 'n2', 'n3']))];
    const node = quietFollower({ voters: ['n1', 'n2', 'n3', 'n4'], term: 1, entries });
    t.is(
      reasonFor(changesNothing(t, node, () => node.peer('n4').asks(phase, { lastLog: at(1, 1) }))),
      'notInConfiguration',
    );
  });

  test(`§4.1 a node that knows no configuration yet grants a ${name}, and arms no timer`, (t) => {
    const outcome = quietFollower({ voters: null }).peer('n2').asks(phase);
    t.is(reasonFor(outcome), null);
    t.deepEqual(outcome.timers, []);
  });

  test(`§4.2.1 a learner asked for its ${name} answers like a follower, and arms no timer`, (t) => {
    const setup = { voters: ['n2', 'n3'], learners: ['n1'], log: [1] };
    const outcome = quietFollower({ ...setup, term: 1 })
      .peer('n2')
      .asks(phase);
    t.is(reasonFor(outcome), null);
    t.deepEqual(outcome.timers, []);
    t.is(
      reasonFor(
        quietFollower({ ...setup, term: 1 })
          .peer('n2')
          .asks(phase, { lastLog: at(0, 0) }),
      ),
      'staleLog',
    );
  });

  test(`§4.2.3 voter refuses a ${name} inside its lease, says how long it runs and does not move its term`, (t) => {
    const node = followerOf('n2');
    node.advance(T - 1);
    const outcome = changesNothing(t, node, () => node.peer('n3').asks(phase, { term: 7 }));
    t.like(replyTo(outcome), { granted: false, reason: 'leaseLive', leaseRemainingMs: 1, term: 1 });
    t.like(outcome.event('voteRefused'), {
      candidateId: 'n3',
      reason: 'leaseLive',
      leaseRemainingMs: 1,
      term: 7,
    });
  });

  test(`§4.2.3 the lease is over at exactly T after the contact: the ${name} is granted`, (t) => {
    const node = followerOf('n2');
    node.advance(T);
    t.is(reasonFor(node.peer('n3').asks(phase)), null);
  });

  test(`§4.2.3 the leader itself, restarted, gets no ${name} inside a follower’s lease`, (t) => {
    t.is(reasonFor(followerOf('n2').peer('n2', 2).asks(phase)), 'leaseLive');
  });

  test(`§4.2.3 the lease runs on the now clock: a voter that did not run for T refuses no ${name} for it`, (t) => {
    const node = followerOf('n2');
    node.advance(T, 1);
    t.is(reasonFor(node.peer('n3').asks(phase)), null);
  });

  test(`§4.2.3 a learner that hears the leader holds no lease: it grants a ${name}`, (t) => {
    const node = followerOf('n2', { voters: ['n2', 'n3'], learners: ['n1'] });
    t.is(reasonFor(node.peer('n3').asks(phase)), null);
  });

  test(`pitfall 4: a node restarted with a term refuses a ${name} for T, as it may have promised; at T it grants`, (t) => {
    const node = follower({ term: 1 });
    node.advance(T - 1);
    t.is(reasonFor(changesNothing(t, node, () => node.peer('n2').asks(phase))), 'leaseLive');
    node.advance(1);
    t.is(reasonFor(node.peer('n2').asks(phase)), null);
  });

  test(`pitfall 4: a restarted learner waits too before it grants a ${name}; a brand-new node does not`, (t) => {
    const learner = { voters: ['n2', 'n3'], learners: ['n1'] };
    t.is(
      reasonFor(
        follower({ ...learner, term: 1 })
          .peer('n2')
          .asks(phase),
      ),
      'leaseLive',
    );
    t.is(reasonFor(follower().peer('n2').asks(phase)), null);
  });

  test(`§6.2 leader refuses a ${name} while a quorum answered within T, and keeps its term`, (t) => {
    const node = leaderAnswered(T - 1);
    const { currentTerm } = node.state;
    const outcome = node.peer('n3').asks(phase, { term: 9, lastLog: at(8, 8) });
    t.is(reasonFor(outcome), 'leaderActive');
    t.is(node.state.role, 'leader');
    t.is(node.state.currentTerm, currentTerm);
    t.deepEqual(outcome.writes, []);
    t.deepEqual(outcome.timers, []);
  });

  test(`pitfall 28: a leader that nobody has answered yet refuses a ${name} until T after its election`, (t) => {
    const node = leader();
    node.advance(T - 1);
    t.is(reasonFor(node.peer('n3').asks(phase, { lastLog: at(8, 8) })), 'leaderActive');
    node.advance(1);
    t.is(reasonFor(node.peer('n3').asks(phase, { lastLog: at(8, 8) })), null);
  });

  test(`pitfall 3: leader of 5 judges a ${name} by the quorum-th newest contact, not the oldest`, (t) => {
    const node = leader({ voters: ['n1', 'n2', 'n3', 'n4', 'n5'] });
    node.advance(T - 1);
    const beat = node.fire('heartbeat').all('appendEntries');
    for (const request of beat)
      if (request.to === 'n2' || request.to === 'n3') node.peer(request.to).answersAppend(request);
    node.advance(T - 1);
    t.is(reasonFor(node.peer('n5').asks(phase, { lastLog: at(8, 8) })), 'leaderActive');
  });

  test(`pitfall 22: leader in a joint configuration refuses a ${name} only while quorums of both halves answered`, (t) => {
    const node = leader({ voters: ['n1', 'n2', 'n3'], oldVoters: ['n1', 'n4', 'n5'] });
    node.advance(T - 1);
    for (const request of node.fire('heartbeat').all('appendEntries')) {
      if (request.to === 'n2' || request.to === 'n3') node.peer(request.to).answersAppend(request);
    }
    node.advance(1);
    t.is(reasonFor(node.peer('n5').asks(phase, { lastLog: at(8, 8) })), null);
    t.is(node.state.role, 'follower');
  });

  test(`leader judges a ${name} by the time it ran: a stall is no silence`, (t) => {
    const node = leaderAnswered(0);
    node.advance(3 * T, T - 1);
    t.is(reasonFor(node.peer('n3').asks(phase, { lastLog: at(8, 8) })), 'leaderActive');
    node.advance(1);
    t.is(reasonFor(node.peer('n3').asks(phase, { lastLog: at(8, 8) })), null);
  });

  test(`§5.4.1 pitfall 16: follower refuses a ${name} to an older log and grants it to any other, for every small position`, (t) => {
    for (const term of [1, 2, 3]) {
      for (const index of [1, 2, 3, 4]) {
        const older = term < 2 || (term === 2 && index < 3);
        const node = quietFollower({ term: 3, log: [1, 2, 2] });
        t.is(reasonFor(node.peer('n2').asks(phase, { lastLog: at(term, index) })), older ? 'staleLog' : null);
      }
    }
  });

  test(`§4.2.3 rule lease off: voter and leader grant a ${name} inside what would be the lease`, (t) => {
    t.is(
      reasonFor(
        followerOf('n2', { rules: { lease: false } })
          .peer('n3')
          .asks(phase),
      ),
      null,
    );
    t.is(
      reasonFor(
        follower({ term: 1, rules: { lease: false } })
          .peer('n3')
          .asks(phase),
      ),
      null,
    );
    const node = leader({ rules: { lease: false } });
    t.is(reasonFor(node.peer('n3').asks(phase, { lastLog: at(8, 8) })), null);
    t.is(node.state.role, phase === 'preVote' ? 'leader' : 'follower');
  });

  test(`rule restartWait off: a restarted node grants a ${name} at once`, (t) => {
    t.is(
      reasonFor(
        follower({ term: 1, rules: { restartWait: false } })
          .peer('n3')
          .asks(phase),
      ),
      null,
    );
  });

  test(`rule quorumCheck off, lease on: a leader that nobody answers stays leader, whatever ${name} it is asked for that does not raise its term`, (t) => {
    const node = leader({ rules: { quorumCheck: false } });
    node.advance(5 * T);
    const { currentTerm } = node.state;
    node.peer('n3').asks(phase, { term: phase === 'preVote' ? currentTerm + 1 : currentTerm });
    t.is(node.state.role, 'leader');
  });
}

// Pre-vote alone.

test('§9.6 pre-vote: every guard comes before the next: what fails two is refused for the first', (t) => {
  t.is(refusal('preVote', leader({ log: [1] }), 'n9', 0), 'notInConfiguration');
  t.is(refusal('preVote', leader({ log: [1] }), 'n2', 0), 'staleTerm');
  t.is(refusal('preVote', leader({ log: [1] }), 'n2', 9), 'leaderActive');
  t.is(refusal('preVote', followerOf('n2', { log: [1] }), 'n9', 0), 'notInConfiguration');
  t.is(refusal('preVote', followerOf('n2', { log: [1] }), 'n3', 1), 'staleTerm');
  t.is(refusal('preVote', followerOf('n2', { log: [1] }), 'n3', 9), 'leaseLive');
  t.is(refusal('preVote', quietFollower({ term: 1, log: [1] }), 'n3', 9), 'staleLog');
});

test('§9.6 pre-vote for a term that is not above mine is refused with my term, at follower, candidate and leader', (t) => {
  for (const [node, term] of [
    [quietFollower({ term: 5 }), 5],
    [quietFollower({ term: 5 }), 4],
    [candidate(), 1],
    [leader(), 1],
  ] as const) {
    const reply = node
      .peer('n2')
      .asksPreVote({ term, lastLog: at(9, 9) })
      .message('preVoteReply');
    t.like(reply, { reason: 'staleTerm', requestTerm: term, term: node.state.currentTerm });
  }
});

test('§9.6 pre-vote changes nothing at a follower, granted or refused: no term, vote, leader, timer or draw', (t) => {
  for (const lastLog of [at(1, 1), at(0, 0)]) {
    const node = quietFollower({ term: 1, log: [1] });
    changesNothing(t, node, () => node.peer('n2').asksPreVote({ term: 8, lastLog }));
  }
});

test('§9.6 pre-vote changes nothing at a follower in a pre-vote of its own', (t) => {
  const node = follower();
  node.fire('election');
  const outcome = changesNothing(t, node, () => node.peer('n2').asksPreVote({ term: 8 }));
  t.is(reasonFor(outcome), null);
});

test('§9.6 pre-vote changes nothing at a candidate, which has no lease: it grants a later term', (t) => {
  const node = candidate();
  const outcome = changesNothing(t, node, () => node.peer('n2').asksPreVote());
  t.is(reasonFor(outcome), null);
});

test('§9.6 a granted pre-vote binds nobody: the same follower grants two candidates', (t) => {
  const node = quietFollower({ term: 1 });
  t.is(reasonFor(node.peer('n2').asksPreVote()), null);
  t.is(reasonFor(node.peer('n3').asksPreVote()), null);
});

test('§6.2 a pre-vote finds the quorum check due: the leader steps down in its term, keeps its vote and goes on to the log', (t) => {
  for (const [lastLog, reason] of [
    [at(1, 1), null],
    [at(0, 0), 'staleLog'],
  ] as const) {
    const node = leaderAnswered(T);
    const outcome = node.peer('n3').asksPreVote({ lastLog });
    t.is(reasonFor(outcome), reason);
    t.like(outcome.event('steppedDown'), { from: 'leader', reason: 'quorumLost', term: 1 });
    t.deepEqual(
      [node.state.role, node.state.currentTerm, node.state.votedFor],
      ['follower', asTerm(1), node.state.id],
    );
    t.deepEqual(outcome.writes, []);
    t.true(node.remainingMs('election') >= T && node.remainingMs('election') <= T + R);
  }
});

test('a pre-vote for a stale term does not make a leader step down, however old its quorum contact', (t) => {
  const node = leaderAnswered(2 * T);
  t.is(reasonFor(node.peer('n3').asksPreVote({ term: 1 })), 'staleTerm');
  t.is(node.state.role, 'leader');
});

for (const [reason, term] of [
  ['staleTerm', 1],
  ['leaderActive', 2],
] as const) {
  test(`leader that refuses a pre-vote for ${reason} reassures the peer: a heartbeat, and what it lacks once more`, (t) => {
    const node = leader();
    const outcome = node.peer('n3').asksPreVote({ term });
    t.is(reasonFor(outcome), reason);
    const [heartbeat, batch] = outcome.all('appendEntries');
    t.like(heartbeat, { to: 'n3', entries: [], prevLog: at(0, 0) });
    t.like(batch, { to: 'n3', prevLog: at(0, 0) });
    t.is(batch?.entries.length, 1);
    t.deepEqual(
      outcome.sent.map(({ to }) => to),
      ['n3', 'n3', 'n3'],
    );
  });
}

test('leader resumes nothing for a stranger, and nothing for a pre-vote refused for its membership', (t) => {
  const node = leader();
  t.deepEqual(
    node
      .peer('n9')
      .asksPreVote({ lastLog: at(8, 8) })
      .all('appendEntries'),
    [],
  );
  t.deepEqual(
    node
      .peer('n9')
      .asksPreVote({ lastLog: at(0, 0) })
      .all('appendEntries'),
    [],
  );
});

test('follower that refuses a pre-vote replicates nothing', (t) => {
  t.deepEqual(followerOf('n2').peer('n3').asksPreVote().all('appendEntries'), []);
});

// Vote alone.

test('§5.2 vote: every guard comes before the next: what fails two is refused for the first', (t) => {
  t.is(refusal('vote', leader({ log: [1] }), 'n9', 0), 'notInConfiguration');
  t.is(refusal('vote', leader({ log: [1] }), 'n2', 0), 'staleTerm');
  t.is(refusal('vote', leader({ log: [1] }), 'n2', 9), 'leaderActive');
  t.is(refusal('vote', followerOf('n2', { log: [1] }), 'n9', 0), 'notInConfiguration');
  t.is(refusal('vote', followerOf('n2', { log: [1] }), 'n3', 0), 'staleTerm');
  t.is(refusal('vote', followerOf('n2', { log: [1] }), 'n3', 1), 'leaseLive');
  t.is(refusal('vote', quietFollower({ term: 2, votedFor: 'n2', log: [1] }), 'n3', 2), 'votedForAnother');
  t.is(refusal('vote', quietFollower({ term: 2, log: [1] }), 'n3', 2), 'staleLog');
});

test('§5.1 vote of an earlier term is refused with the later term, and changes nothing', (t) => {
  const node = quietFollower({ term: 5 });
  const outcome = changesNothing(t, node, () => node.peer('n2').asksVote({ term: 4, lastLog: at(9, 9) }));
  t.like(replyTo(outcome), { reason: 'staleTerm', term: 5, requestTerm: 4 });
});

test('§5.2 pitfall 5: a vote is written once, term and vote together, before it is said', (t) => {
  const outcome = quietFollower({ term: 2 }).peer('n2').asksVote({ term: 6 });
  t.deepEqual(
    outcome.writes.map(({ hardState }) => hardState),
    [{ currentTerm: asTerm(6), votedFor: replyTo(outcome).to }],
  );
  const order = outcome.effects.map(({ type }) => type);
  t.true(order.indexOf('persist') < order.indexOf('send'));
});

test('§5.2 a vote is given once a term, first come first served; asked again by the same candidate it is repeated, unwritten', (t) => {
  const node = quietFollower({ term: 1 });
  t.is(reasonFor(node.peer('n2').asksVote({ term: 2 })), null);
  const again = changesNothing(t, node, () => node.peer('n2').asksVote({ term: 2 }));
  t.is(reasonFor(again), null);
  t.is(reasonFor(changesNothing(t, node, () => node.peer('n3').asksVote({ term: 2 }))), 'votedForAnother');
});

test('§5.2 a vote outlives a restart: the other candidate of the term is refused', (t) => {
  const node = quietFollower({ term: 2, votedFor: 'n2' });
  t.is(reasonFor(node.peer('n3').asksVote({ term: 2 })), 'votedForAnother');
  t.is(reasonFor(node.peer('n2').asksVote({ term: 2 })), null);
});

test('§5.2 a candidate refuses its own term to another, and follows a later one', (t) => {
  const node = candidate();
  t.is(reasonFor(changesNothing(t, node, () => node.peer('n2').asksVote({ term: 1 }))), 'votedForAnother');
  const outcome = node.peer('n2').asksVote({ term: 2 });
  t.is(reasonFor(outcome), null);
  t.is(node.state.role, 'follower');
  t.like(outcome.event('steppedDown'), { from: 'candidate', reason: 'higherTerm' });
  t.like(outcome.event('roundLost'), { phase: 'vote', reason: 'higherTerm' });
});

test('§5.2 a granted vote re-arms the election timer from [T, T+R]', (t) => {
  const node = quietFollower({ term: 1 });
  const outcome = node.peer('n2').asksVote();
  t.deepEqual(outcome.timers, ['+election']);
  t.true(node.remainingMs('election') >= T && node.remainingMs('election') <= T + R);
});

test('pitfall 7: a refused candidate with a later term and an old log moves the term and no timer', (t) => {
  const node = quietFollower({ term: 1, log: [1] });
  const outcome = node.peer('n2').asksVote({ term: 3, lastLog: at(0, 0) });
  t.is(reasonFor(outcome), 'staleLog');
  t.deepEqual(outcome.timers, []);
  t.is(node.state.currentTerm, asTerm(3));
});

test('pitfall 6: the later term is adopted, vote cleared and written before the log is judged and the refusal sent', (t) => {
  const node = quietFollower({ term: 1, votedFor: 'n3', log: [1] });
  const outcome = node.peer('n2').asksVote({ term: 3, lastLog: at(0, 0) });
  t.like(replyTo(outcome), { reason: 'staleLog', term: 3 });
  t.deepEqual(
    outcome.writes.map(({ hardState }) => hardState),
    [{ currentTerm: asTerm(3), votedFor: null }],
  );
  t.like(outcome.event('termAdopted'), { term: 3, from: 'n2' });
});

test('§5.2 a vote given while a pre-vote of its own is open closes that round', (t) => {
  const node = follower();
  node.fire('election');
  const outcome = node.peer('n2').asksVote({ term: 1 });
  t.is(reasonFor(outcome), null);
  t.is(node.state.round, null);
  t.deepEqual(node.armed(), ['election']);
  t.true(node.remainingMs('election') >= T);
});

test('a vote of the very term it is in closes the open pre-vote of a voter that has none yet', (t) => {
  const node = quietFollower({ term: 2 });
  node.fire('election');
  const outcome = node.peer('n2').asksVote({ term: 2 });
  t.is(reasonFor(outcome), null);
  t.like(outcome.event('roundLost'), { phase: 'preVote', reason: 'votedForAnother' });
  t.deepEqual(node.armed(), ['election']);
});

test('§5.4.1 a refused vote of a later term ends an open pre-vote, and the retry wait is armed', (t) => {
  const node = follower({ log: [1] });
  node.fire('election');
  const outcome = node.peer('n2').asksVote({ term: 4, lastLog: at(0, 0) });
  t.is(reasonFor(outcome), 'staleLog');
  const lost = outcome.event('roundLost');
  t.like(lost, { phase: 'preVote', reason: 'higherTerm' });
  t.deepEqual(node.armed(), ['election']);
  t.true(isNear(node.remainingMs('election'), lost.retryInMs ?? NaN));
});

test('§6.2 a vote of a later term finds the quorum contact too old: the leader follows it, and its proposals end unknown', (t) => {
  const node = leaderAnswered(T - 1);
  node.propose('x');
  node.advance(1);
  const outcome = node.peer('n3').asksVote({ lastLog: at(8, 8) });
  t.is(reasonFor(outcome), null);
  t.deepEqual(outcome.replies, [{ type: 'outcomeUnknown' }]);
  t.deepEqual(node.armed(), ['election']);
});

test('an answer reports the silence on both clocks: a node that stood still has run for less of it', (t) => {
  const node = followerOf('n2');
  node.advance(2 * T, 10);
  const { events } = node.peer('n3').asks('preVote');
  t.like(events[0], { type: 'voteGranted', silentMs: 10, sharedSilentMs: 2 * T });
});

test('an answer reports what was asked and why it was refused', (t) => {
  const node = quietFollower({ term: 1 });
  const asked = { term: 2, round: { incarnation: 1, counter: 41 } };
  t.deepEqual(node.peer('n2').asks('preVote').events, [
    {
      type: 'voteGranted',
      phase: 'preVote',
      candidateId: 'n2',
      silentMs: null,
      sharedSilentMs: null,
      ...asked,
    },
  ]);
  t.deepEqual(node.peer('n9').asks('vote').events, [
    {
      type: 'voteRefused',
      phase: 'vote',
      candidateId: 'n9',
      reason: 'notInConfiguration',
      leaseRemainingMs: null,
      silentMs: null,
      sharedSilentMs: null,
      ...asked,
    },
  ]);
});
