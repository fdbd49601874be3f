import test from 'ava';
import type { Mail } from '../../src/actor/mail.js';
import { Mailbox } from '../../src/actor/mailbox.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import type { Message } from '../../src/raft/messages.js';
import { standardRules } from '../../src/raft/options.js';
import { append, appendReply, heartbeat, voteRequest } from './messages.js';

const arrivedAt = (ms: number): Mail['arrived'] => ({ nowMs: ms, runningMs: ms / 2 });

function message(content: Message, ms = 0): Mail {
  return { type: 'message', message: content, sentMs: ms, arrived: arrivedAt(ms) };
}

function propose(requestId: number): Mail {
  return { type: 'propose', requestId, value: requestId, arrived: arrivedAt(0) };
}

const expiry = {
  type: 'timer',
  expiry: { timer: 'election', generation: 1, deadlineMs: 0, lateMs: 0, lostMs: 0 },
  arrived: arrivedAt(0),
} as const satisfies Mail;
const ownMail: readonly Mail[] = [
  expiry,
  { type: 'start', arrived: arrivedAt(0) },
  { type: 'storeFailed', error: 'disk', arrived: arrivedAt(0) },
  { type: 'peerExited', node: asNodeId('n2'), incarnation: 1, term: asTerm(1), arrived: arrivedAt(0) },
];

function takeAll(mailbox: Mailbox): Mail[] {
  const taken: Mail[] = [];
  for (let mail = mailbox.take(); mail !== undefined; mail = mailbox.take()) taken.push(mail);
  return taken;
}

test('pitfall 12: votes, heartbeats and their answers overtake bulk; within a lane the order stays', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  const data = [message(append(2)), propose(1), message(appendReply({ entryCount: 2 })), propose(2)];
  const control = [message(heartbeat()), message(voteRequest()), expiry, message(appendReply())];
  for (const at of data.keys()) for (const mail of [data[at], control[at]]) if (mail) mailbox.offer(mail);
  t.deepEqual(takeAll(mailbox), [...control, ...data]);
});

for (const timer of ['quorumCheck', 'vote'] as const) {
  test(`a ${timer} expiry goes behind contacts that wait in the data lane, but not behind proposals`, (t) => {
    const deposing: Mail = { ...expiry, expiry: { ...expiry.expiry, timer } };
    const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
    const contacts = [message(append(2)), message(appendReply({ entryCount: 2 }))];
    for (const mail of [propose(1), ...contacts, propose(2), message(heartbeat()), deposing])
      mailbox.offer(mail);
    t.deepEqual(takeAll(mailbox), [message(heartbeat()), ...contacts, deposing, propose(1), propose(2)]);
    t.like(mailbox.counts, { control: 0, data: 0 });
  });

  test(`a ${timer} expiry goes behind contacts that came after it, but not behind votes`, (t) => {
    const deposing: Mail = { ...expiry, expiry: { ...expiry.expiry, timer } };
    const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
    const [late, bulk] = [message(appendReply()), message(append(2))];
    for (const mail of [deposing, message(voteRequest()), late, bulk]) mailbox.offer(mail);
    t.deepEqual(takeAll(mailbox), [late, bulk, deposing, message(voteRequest())]);
    t.like(mailbox.counts, { control: 0, data: 0 });
  });

  test(`a flood of contacts puts a ${timer} expiry off once, and not for ever`, (t) => {
    const deposing: Mail = { ...expiry, expiry: { ...expiry.expiry, timer } };
    for (const controlLane of [true, false]) {
      const mailbox = new Mailbox({ control: 10, data: 10 }, 4, { ...standardRules, controlLane });
      mailbox.offer(deposing);
      const taken: Mail[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        // Both come as fast as they are taken.
        for (const mail of [message(appendReply()), message(append(2))]) mailbox.offer(mail);
        taken.push(...[mailbox.take()].filter((mail) => mail !== undefined));
      }
      t.is(taken.indexOf(deposing), 2, `control lane: ${controlLane}`);
    }
  });
}

test('a node begins before it does anything else, whatever has come before', (t) => {
  for (const controlLane of [true, false]) {
    const mailbox = new Mailbox({ control: 10, data: 10 }, 4, { ...standardRules, controlLane });
    const start: Mail = { type: 'start', arrived: arrivedAt(0) };
    mailbox.offer(propose(1));
    mailbox.offer(start);
    t.deepEqual(takeAll(mailbox), [start, propose(1)]);
  }
});

test('what an announced-dead life has left is dropped from both lanes; its next life and all others stay', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  const over = [message(heartbeat()), message(append(2))];
  const kept = [
    message(heartbeat({ from: asNodeId('n3') })),
    message(heartbeat({ incarnation: 2 })),
    expiry,
    message(append(1, { from: asNodeId('n3') })),
    propose(1),
  ];
  for (const mail of [...over, ...kept]) mailbox.offer(mail);
  mailbox.forget(asNodeId('n2'), 1);
  t.like(mailbox.counts, { control: 3, data: 2, droppedControl: 0, droppedData: 0 });
  t.deepEqual(takeAll(mailbox), kept);
});

test('an exit notice goes before the messages that wait: its lease must not refuse who heard of it first', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  const [asked, again] = [message(voteRequest()), message(heartbeat())];
  const notices = ([1, 2] as const).map(
    (incarnation) =>
      ({
        type: 'peerExited',
        node: asNodeId('n2'),
        incarnation,
        term: asTerm(1),
        arrived: arrivedAt(0),
      }) as const satisfies Mail,
  );
  for (const mail of [expiry, asked, again, ...notices]) mailbox.offer(mail);
  t.deepEqual(takeAll(mailbox), [expiry, ...notices, asked, again]);
});

test('what comes over the bound of its lane is dropped and counted, the oldest stay', (t) => {
  const mailbox = new Mailbox({ control: 2, data: 1 }, 4, standardRules);
  const accepted = [1, 2, 3].map((counter) =>
    mailbox.offer(message(voteRequest({ round: { incarnation: 1, counter } }))),
  );
  t.deepEqual(accepted, [true, true, false]);
  t.deepEqual(
    [mailbox.offer(propose(1)), mailbox.offer(propose(2)), mailbox.offer(message(append(1)))],
    [true, false, false],
  );
  t.deepEqual(mailbox.counts, { control: 2, data: 1, droppedControl: 1, droppedData: 2 });
  t.deepEqual(takeAll(mailbox).at(-1), propose(1));
  t.true(mailbox.offer(propose(3)), 'room again');
});

test('who floods keeps out neither the others nor its own messages of other kinds, and what was taken makes room', (t) => {
  const mailbox = new Mailbox({ control: 160, data: 320 }, 4, standardRules);
  const answers = (from: string, count: number, answer = {}): number =>
    Array.from({ length: count }, () => message(appendReply({ from: asNodeId(from), ...answer }))).filter(
      (mail) => mailbox.offer(mail),
    ).length;
  t.is(answers('n2', 100), 10, 'of a control lane of 160: a quarter of the share of one of four');
  t.is(answers('n2', 100, { entryCount: 1 }), 20, 'the data lane is another');
  t.true(mailbox.offer(message(heartbeat())), 'a heartbeat of who floods');
  t.is(answers('n3', 100), 10, 'another sender');
  t.like(mailbox.counts, { droppedControl: 180, droppedData: 80 });
  takeAll(mailbox);
  t.is(answers('n2', 100), 10);
  mailbox.forget(asNodeId('n2'), 1);
  t.is(answers('n2', 100), 10, 'what is forgotten makes room as well');
});

test('a share is never so small that it drops what elections live on', (t) => {
  const mailbox = new Mailbox({ control: 16, data: 2 }, 100, standardRules);
  t.true(Array.from({ length: 8 }, () => mailbox.offer(message(appendReply()))).every(Boolean));
  t.false(mailbox.offer(message(appendReply())));
  t.true(mailbox.offer(message(voteRequest())));
});

test('pitfall 29: a full mailbox drops no own timer, store result or supervisor input', (t) => {
  const mailbox = new Mailbox({ control: 1, data: 1 }, 4, standardRules);
  mailbox.offer(message(heartbeat()));
  mailbox.offer(propose(1));
  for (const mail of ownMail) t.true(mailbox.offer(mail));
  t.false(mailbox.offer(message(heartbeat())));
  const notice = ownMail.filter(({ type }) => type === 'peerExited');
  const start = ownMail.filter(({ type }) => type === 'start');
  const others = ownMail.filter(({ type }) => type !== 'peerExited' && type !== 'start');
  t.deepEqual(takeAll(mailbox), [...start, ...notice, message(heartbeat()), ...others, propose(1)]);
});

test('own mail takes no room from the peers', (t) => {
  const mailbox = new Mailbox({ control: 1, data: 1 }, 4, standardRules);
  for (const mail of ownMail) mailbox.offer(mail);
  t.true(mailbox.offer(message(heartbeat())));
});

test('the newest waiting contact is that of the leader and term asked for, in either lane', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  const leader = asNodeId('n2');
  t.is(mailbox.newestWaitingContact(leader, asTerm(2)), null);
  const term = asTerm(2);
  mailbox.offer(message(append(1, { term }), 20));
  mailbox.offer(message(heartbeat({ term }), 10));
  mailbox.offer(message(heartbeat({ term: asTerm(1) }), 30));
  mailbox.offer(message(heartbeat({ term: asTerm(3) }), 30));
  mailbox.offer(message(heartbeat({ term, from: asNodeId('n3') }), 40));
  mailbox.offer(message(voteRequest({ term }), 50));
  t.deepEqual(mailbox.newestWaitingContact(leader, term), arrivedAt(20));
  mailbox.offer(message(heartbeat({ term }), 25));
  t.deepEqual(mailbox.newestWaitingContact(leader, term), arrivedAt(25));
  takeAll(mailbox);
  t.is(mailbox.newestWaitingContact(leader, term), null);
});

const heartbeatDue: Mail = { ...expiry, expiry: { ...expiry.expiry, timer: 'heartbeat' } };

test('a heartbeat that is due goes before all that has come in, behind the node’s own; no other expiry does', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  const waiting = [message(heartbeat()), expiry, message(voteRequest())];
  for (const mail of [...waiting, propose(1), heartbeatDue]) mailbox.offer(mail);
  t.deepEqual(takeAll(mailbox), [heartbeatDue, ...waiting, propose(1)]);
  for (const mail of [expiry, message(heartbeat()), heartbeatDue]) mailbox.offer(mail);
  t.deepEqual(takeAll(mailbox), [expiry, heartbeatDue, message(heartbeat())]);
});

test('a heartbeat that is due waits for no contacts that a quorum check hears first', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  const check: Mail = { ...expiry, expiry: { ...expiry.expiry, timer: 'quorumCheck' } };
  const bulk = [1, 2, 3].map((entryCount) => message(appendReply({ entryCount })));
  for (const mail of [check, ...bulk, heartbeatDue]) mailbox.offer(mail);
  t.deepEqual(takeAll(mailbox), [heartbeatDue, ...bulk, check]);
});

test('what is next is judged, and what has arrived looked at first, when it may end something', (t) => {
  for (const timer of ['election', 'preVote', 'vote', 'quorumCheck', 'heartbeat'] as const) {
    const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
    t.false(mailbox.isJudgedNext);
    mailbox.offer({ ...expiry, expiry: { ...expiry.expiry, timer } });
    t.is(mailbox.isJudgedNext, timer !== 'heartbeat', timer);
  }
});

test('rule controlLane off: one lane in the order of arrival, each kind within its own bound', (t) => {
  const mailbox = new Mailbox({ control: 2, data: 1 }, 4, { ...standardRules, controlLane: false });
  const mails = [propose(1), message(heartbeat()), heartbeatDue, message(voteRequest())];
  for (const mail of mails) t.true(mailbox.offer(mail));
  t.deepEqual(
    [propose(2), message(heartbeat())].map((mail) => mailbox.offer(mail)),
    [false, false],
  );
  t.deepEqual(mailbox.counts, { control: 3, data: 1, droppedControl: 1, droppedData: 1 });
  t.deepEqual(mailbox.take(), propose(1));
  t.true(mailbox.offer(propose(3)));
  t.deepEqual(takeAll(mailbox), [...mails.slice(1), propose(3)]);
  t.like(mailbox.counts, { control: 0, data: 0 });
});

test('rule controlLane off: an exit notice still goes before what waits, and who lives is still believed first', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, { ...standardRules, controlLane: false });
  const check: Mail = { ...expiry, expiry: { ...expiry.expiry, timer: 'quorumCheck' } };
  const notice = ownMail.find(({ type }) => type === 'peerExited');
  if (notice === undefined) return t.fail();
  for (const mail of [check, propose(1), message(append(2)), notice]) mailbox.offer(mail);
  t.deepEqual(takeAll(mailbox), [message(append(2)), check, notice, propose(1)]);
  return t.like(mailbox.counts, { control: 0, data: 0 });
});

test('rule drainBeforeSuspect off: an expiry takes its turn, and what waits behind it is no contact', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, { ...standardRules, drainBeforeSuspect: false });
  const check: Mail = { ...expiry, expiry: { ...expiry.expiry, timer: 'quorumCheck' } };
  const contact = message(append(2, { term: asTerm(2) }), 20);
  for (const mail of [contact, check]) mailbox.offer(mail);
  t.is(mailbox.newestWaitingContact(asNodeId('n2'), asTerm(2)), null);
  t.deepEqual(takeAll(mailbox), [check, contact]);
});

test('the most that waited at once is told by lane, and the next span begins with what waits', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  for (const mail of [message(heartbeat()), message(heartbeat()), expiry, propose(1)]) mailbox.offer(mail);
  for (let turn = 0; turn < 3; turn += 1) mailbox.take();
  mailbox.offer(propose(2));
  t.deepEqual(mailbox.takeMaxWaiting(), { control: 3, data: 2 });
  t.deepEqual(mailbox.takeMaxWaiting(), { control: 0, data: 2 });
});

test('the age is that of the oldest in either lane, and nothing has none', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10 }, 4, standardRules);
  t.is(mailbox.ageMs(50), 0);
  mailbox.offer(message(append(1), 10));
  mailbox.offer(message(heartbeat(), 20));
  t.is(mailbox.ageMs(50), 40);
  mailbox.take();
  mailbox.take();
  mailbox.offer(message(heartbeat(), 30));
  t.is(mailbox.ageMs(50), 20);
});

test('a long queue is taken in order, with more put behind meanwhile', (t) => {
  const mailbox = new Mailbox({ control: 10, data: 10_000 }, 4, standardRules);
  let next = 0;
  for (let round = 0; round < 100; round += 1) {
    for (let put = 0; put < 3; put += 1) mailbox.offer(propose(round * 3 + put));
    for (let take = 0; take < 2; take += 1) t.deepEqual(mailbox.take(), propose(next++));
  }
  t.is(mailbox.counts.data, 100);
  t.deepEqual(
    takeAll(mailbox),
    Array.from({ length: 100 }, (_, at) => propose(200 + at)),
  );
});
