/** The simulated mailbox against the real one: what a node hears first must not depend on which it has. */
import test from 'ava';
import * as fc from 'fast-check';
import { inputOf, type Mail } from '../../src/actor/mail.js';
import { Mailbox } from '../../src/actor/mailbox.js';
import { fixedDelay } from '../../src/delay.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import type { Input, TimerName } from '../../src/raft/inputs.js';
import type { Message } from '../../src/raft/messages.js';
import { standardRules } from '../../src/raft/options.js';
import { dequeue, enqueue } from '../../src/simulation/node.js';
import { World } from '../../src/simulation/world.js';
import { slow } from '../actor/harness.js';
import { append, appendReply, heartbeat, voteReply, voteRequest } from '../actor/messages.js';

const messages: readonly Message[] = [
  heartbeat(),
  heartbeat({ term: asTerm(2) }),
  append(2),
  append(1, { from: asNodeId('n3') }),
  appendReply(),
  appendReply({ entryCount: 2 }),
  voteRequest(),
  voteReply(),
];
const timers: readonly TimerName[] = ['election', 'preVote', 'vote', 'heartbeat', 'quorumCheck'];

const content = fc.oneof(
  fc.constantFrom(...messages).map((message) => ({ type: 'message', message, sentMs: 0 }) as const),
  fc
    .constantFrom(...timers)
    .map((timer) => ({ timer, generation: 1, deadlineMs: 0, lateMs: 0, lostMs: 0 }))
    .map((expiry) => ({ type: 'timer', expiry }) as const),
  fc.nat().map((requestId) => ({ type: 'propose', requestId, value: null }) as const),
);
/** Something arrives, once or in a burst, or (null) the next is taken. */
const happenings = fc
  .array(fc.option(fc.tuple(content, fc.constantFrom(1, 1, 1, 12)), { freq: 2 }), { maxLength: 60 })
  .map((each) =>
    each.flatMap((happened) =>
      happened === null ? [null] : Array.from({ length: happened[1] }, () => happened[0]),
    ),
  );
/** The lane is full first, or a sender's share of it. */
const mailboxes = fc.constantFrom({ control: 4, data: 3 }, { control: 24, data: 20 });

for (const controlLane of [true, false]) {
  for (const drainBeforeSuspect of [true, false]) {
    const rules = { ...standardRules, controlLane, drainBeforeSuspect };
    test(`one order, one loss, and one contact that waits (${JSON.stringify({ controlLane, drainBeforeSuspect })})`, (t) => {
      const voters = ['n1', 'n2', 'n3'].map(asNodeId);
      fc.assert(
        fc.property(happenings, mailboxes, (happened, bounds) => {
          const world = new World({
            seed: 1,
            configuration: { voters, oldVoters: null, learners: [] },
            core: { ...slow, rules },
            linkDelay: fixedDelay(1),
            storeDelay: fixedDelay(1),
            exitNoticeDelayMs: 1,
            mailbox: bounds,
          });
          const simulated = world.node(asNodeId('n1'));
          simulated.state.leaderId = asNodeId('n2');
          simulated.state.currentTerm = asTerm(1);
          const real = new Mailbox(bounds, 2, rules);
          const takeReal = (): Input | undefined => {
            const mail = real.take();
            if (mail === undefined) return undefined;
            const isElection = mail.type === 'timer' && mail.expiry.timer === 'election';
            return inputOf(mail, 1, isElection ? real.newestWaitingContact(asNodeId('n2'), asTerm(1)) : null);
          };
          const takeBoth = (): Input | undefined => {
            const taken = dequeue(simulated);
            t.deepEqual(taken, takeReal());
            return taken;
          };
          for (const [at, arriving] of happened.entries()) {
            if (arriving === null) {
              takeBoth();
              continue;
            }
            const mail: Mail = { ...arriving, arrived: { nowMs: at, runningMs: at } };
            const dropped = simulated.dropped;
            enqueue(simulated, inputOf(mail, 1, null), bounds, 2);
            t.is(real.offer(mail), simulated.dropped === dropped);
          }
          while (takeBoth() !== undefined);
        }),
      );
    });
  }
}
