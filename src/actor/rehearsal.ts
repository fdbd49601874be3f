/**
 * Elections are rare, and a thread runs what it has rarely run an order of magnitude slower: it would compile what an
 * election takes in the very election that is waited for. So a node plays some through before it takes part: the same
 * functions, among nodes that exist in this file only, with effects that reach nobody.
 */
import { rehearsedElections } from '../limits.js';
import { asNodeId, asTerm, type NodeId } from '../raft/brands.js';
import type { Message } from '../raft/messages.js';
import { longestTimeout, type CoreOptions } from '../raft/options.js';
import { createState, type RaftState } from '../raft/state.js';
import { step } from '../raft/step.js';
import type { Time } from '../raft/time.js';
import { sharedNowMs } from './clock.js';
import { Interpreter, type Surroundings } from './interpreter.js';
import { causeOf, inputOf, type Mail } from './mail.js';
import { Mailbox } from './mailbox.js';
import { parseMessage } from './parse-message.js';

const voters = ['a', 'b', 'c', 'd', 'e'].map(asNodeId);

interface Player {
  readonly state: RaftState;
  readonly mailbox: Mailbox;
  readonly interpreter: Interpreter;
}

/** Resolves when done; the node has nothing else to do until then. */
export async function rehearseElections(options: CoreOptions): Promise<void> {
  const onTheirWay: Message[] = [];
  const players = new Map(voters.map((id) => [id, createPlayer(id, options, onTheirWay)]));
  const names: ReadonlySet<string> = new Set(voters);
  let nowMs = 0;
  const play = async (player: Player, mail: Mail): Promise<void> => {
    player.mailbox.offer(mail);
    const taken = player.mailbox.take();
    if (taken === undefined) return;
    const effects = step(player.state, inputOf(taken, 1, null), { nowMs, runningMs: nowMs });
    await player.interpreter.carryOut(effects, causeOf(taken, 1, nowMs), nowMs);
  };

  const arrivedNow = (): Time => ({ nowMs, runningMs: nowMs });
  for (const player of players.values()) await play(player, { type: 'start', arrived: arrivedNow() });
  for (let election = 0; election < rehearsedElections; election += 1) {
    nowMs += 10 * (longestTimeout(options) + options.electionJitterMs);
    const candidate = players.get(voters[election % voters.length] ?? asNodeId('a'));
    // Who leads gives up for want of a quorum, and stands again.
    for (const timer of ['quorumCheck', 'election', 'heartbeat'] as const) {
      const armed = candidate?.state.timers[timer];
      if (candidate === undefined || armed?.armed !== true) continue;
      const { generation, deadlineMs } = armed;
      const expiry = { timer, generation, deadlineMs, lateMs: 0, lostMs: 0 };
      await play(candidate, { type: 'timer', expiry, arrived: arrivedNow() });
      for (let sent = onTheirWay.shift(); sent !== undefined; sent = onTheirWay.shift()) {
        nowMs += 0.01;
        const parsed = parseMessage(sent, names);
        const addressee = players.get(sent.to);
        if (!('message' in parsed) || addressee === undefined) continue;
        await play(addressee, {
          type: 'message',
          message: parsed.message,
          sentMs: nowMs,
          arrived: arrivedNow(),
        });
      }
    }
  }
}

function createPlayer(id: NodeId, options: CoreOptions, onTheirWay: Message[]): Player {
  const hardState = { currentTerm: asTerm(0), votedFor: null };
  const around: Surroundings = {
    loop: { nowMs: sharedNowMs, after: () => noop, soon: () => noop },
    store: { initial: { hardState, entries: [] }, write: async () => {}, close: async () => {} },
    stall: { passed: async () => {} },
    timers: { set: noop, clear: noop },
    transport: { send: (messages) => void onTheirWay.push(...messages) },
    reporter: { add: noop },
    witness: { flushed: noop, sending: noop },
    reply: noop,
  };
  const configuration = { voters, oldVoters: null, learners: [] };
  const life = { id, group: 'rehearsal', incarnation: 1, seed: 1 };
  return {
    state: createState({ ...life, options, configuration, hardState, entries: [] }),
    mailbox: new Mailbox({ control: 64, data: 64 }, options.rules),
    interpreter: new Interpreter(around),
  };
}

function noop(): void {}
