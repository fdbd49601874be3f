/**
 * One election among servers whose timers all start at the same instant, as if the last heartbeat of a leader had
 * reached them together and nothing had been heard of it since. Published measurements of Raft begin like that.
 */
import { asLogIndex, asNodeId, asTerm, type NodeId, type Term } from '../raft/brands.js';
import type { Entry } from '../raft/log.js';
import type { Message } from '../raft/messages.js';
import type { CoreOptions } from '../raft/options.js';
import { fixedDelay, type Delay } from '../delay.js';
import { World, type InitialDisk } from './world.js';

export interface FreshElectionSetting {
  /** n: the dead included. */
  readonly voters: number;
  /** How many of them never say a word. */
  readonly dead: number;
  /** 'different': each server has one entry more than the one before, up to the dead. */
  readonly logs: 'equal' | 'different';
  /**
   * 'sent': the last of the dead sent it to all as its last word, and ranked its successors by their logs where the rules
   * want that. 'assumed': all timers start without one, which takes its delay out of what is measured.
   */
  readonly lastHeartbeat: 'sent' | 'assumed';
  readonly core: CoreOptions;
  readonly linkDelay: Delay;
  /** Of a write with a vote or an entry in it; only to adopt a term costs nothing. */
  readonly storeDelay: Delay;
}

/** In ms from the heartbeat. */
export interface FreshElection {
  /** The first leader is elected, whether or not it stays one. */
  readonly electedMs: number;
  /** Every other server has accepted a leader: the last one, where one was replaced before all knew it. */
  readonly knownMs: number;
}

/** Null when there is no leader that all know within `limitMs` of virtual time. */
export function electAfresh(
  setting: FreshElectionSetting,
  seed: number,
  limitMs: number,
): FreshElection | null {
  const { voters, dead, core, linkDelay, storeDelay } = setting;
  const ids = Array.from({ length: voters }, (_, at) => asNodeId(`n${at + 1}`));
  const followers = voters - dead - 1;
  const reign = { term: firstTerm, electedMs: 0, knowing: 0 };
  const world: World = new World(
    {
      seed,
      configuration: { voters: ids, oldVoters: null, learners: [] },
      core,
      linkDelay,
      storeDelay,
      termStoreDelay: fixedDelay(0),
      exitNoticeDelayMs: 0,
      mailbox: { control: 1024, data: 1024 },
      disks: disksOf(ids, setting.logs),
    },
    {
      observed: (_node, { event }) => {
        if (event.type === 'elected') {
          if (reign.term === firstTerm) reign.electedMs = world.nowMs;
          reign.term = event.term;
          reign.knowing = 0;
        } else if (event.type === 'leaderKnown' && event.term === reign.term) {
          reign.knowing += 1;
        }
      },
    },
  );
  if (setting.lastHeartbeat === 'sent') {
    const leader = asNodeId(`n${voters}`);
    const ranked = ids.slice(0, voters - dead).toReversed();
    ranked.forEach((to, rank) => {
      const successorRank = core.rules.rankedSuccessors ? rank : null;
      world.inject(heartbeat(leader, to, world.node(to).state.group, successorRank));
    });
    world.run(0);
  }
  for (const id of ids.slice(voters - dead)) world.crash(id);
  const isKnown = (): boolean => reign.term > firstTerm && reign.knowing === followers;
  if (!world.run(limitMs, isKnown)) return null;
  return { electedMs: reign.electedMs, knownMs: world.nowMs };
}

const firstTerm: Term = asTerm(1);
const firstPosition = { term: firstTerm, index: asLogIndex(1) };

function heartbeat(from: NodeId, to: NodeId, group: string, successorRank: number | null): Message {
  return {
    type: 'appendEntries',
    group,
    from,
    to,
    incarnation: 1,
    term: firstTerm,
    prevLog: firstPosition,
    entries: [],
    leaderCommit: firstPosition.index,
    successorRank,
    electionTimeoutMs: null,
    sent: { nowMs: 0, runningMs: 0 },
  };
}

/** Everybody voted for the leader that is gone. */
function disksOf(ids: readonly NodeId[], logs: 'equal' | 'different'): ReadonlyMap<NodeId, InitialDisk> {
  const hardState = { currentTerm: firstTerm, votedFor: ids.at(-1) ?? null };
  return new Map(
    ids.map((id, rank) => {
      const length = logs === 'equal' ? 1 : rank + 1;
      return [id, { hardState, entries: Array.from({ length }, (_, at) => entryAt(at + 1)) }];
    }),
  );
}

function entryAt(index: number): Entry {
  return { index: asLogIndex(index), term: firstTerm, payload: { type: 'command', value: index } };
}
