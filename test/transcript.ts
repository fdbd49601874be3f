/**
 * Runs a transcript: commands to a simulated cluster, each with what it prints. A file of `test/scenarios` begins
 * with comment lines, the first of which is its title; then come blocks of
 *
 *     # why
 *     command argument option=value
 *     ----
 *     what it prints
 *
 * apart from one another by an empty line. Several commands may share a block. Times are in milliseconds.
 */
import { asLogIndex, asNodeId, asTerm, type NodeId } from '../src/raft/brands.js';
import type { Configuration } from '../src/raft/configuration.js';
import type { Entry } from '../src/raft/log.js';
import { standardRules, vanillaRules, type CoreOptions, type Rules } from '../src/raft/options.js';
import {
  describeEntry,
  describeEvent,
  describeMessage,
  describeNode,
  describeOutcome,
} from '../src/simulation/describe.js';
import { fixedDelay } from '../src/delay.js';
import { World, type InitialDisk, type WorldObserver } from '../src/simulation/world.js';

/** The transcript as it should read: the same commands, with what they print now. */
export function rerun(transcript: string): string {
  const session = new Session();
  const blocks = transcript.trimEnd().split(/\n\n+/u);
  return `${blocks.map((block) => runBlock(session, block)).join('\n\n')}\n`;
}

function runBlock(session: Session, block: string): string {
  const lines = block.split('\n');
  const end = lines.indexOf('----');
  const input = end < 0 ? lines : lines.slice(0, end);
  const commands = input.filter((line) => !line.startsWith('#'));
  if (commands.length === 0) return block;
  const printed = commands.flatMap((command) => session.command(command));
  return [...input, '----', ...(printed.length === 0 ? ['ok'] : printed)].join('\n');
}

/** What every option of `cluster` is when it is not given. */
const defaults = {
  T: '150',
  R: '0',
  h: '30',
  r: '10',
  slot: '8',
  patience: '1',
  grace: '75',
  delay: '1',
  write: '0',
  notice: '0.2',
  seed: '6',
};

class Session {
  #world: World | null = null;
  #printed: string[] = [];
  #showsMessages = false;
  #proposals = 0;
  readonly #disks = new Map<NodeId, InitialDisk>();

  /** Returns what the command prints, nothing when it ends with `quietly`. */
  command(line: string): string[] {
    this.#printed = [];
    const quietly = line.endsWith(' quietly');
    const [name = '', ...words] = line.replace(/ quietly$/u, '').split(/\s+/u);
    const options = new Map(words.filter((word) => word.includes('=')).map(asOption));
    this.#take(
      name,
      words.filter((word) => !word.includes('=')),
      options,
    );
    return quietly ? [] : this.#printed;
  }

  #take(name: string, words: readonly string[], options: ReadonlyMap<string, string>): void {
    const [first = '', second = ''] = words;
    switch (name) {
      case 'disk':
        this.#disks.set(asNodeId(first), parseDisk(options));
        return;
      case 'cluster':
        this.#world = this.#createWorld(words, options);
        return;
      case 'run':
        this.#running().run(Number(first));
        return;
      case 'run-until':
        this.#runUntil(first, Number(second));
        return;
      case 'messages':
        this.#showsMessages = first === 'on';
        return;
      case 'show':
        this.#printed.push(...this.#running().nodes.map(describeNode));
        return;
      case 'log':
        this.#printed.push(
          this.#running().node(asNodeId(first)).state.log.entries.map(describeEntry).join(' '),
        );
        return;
      case 'crash':
        this.#running().crash(asNodeId(first));
        return;
      case 'restart':
        this.#running().restart(asNodeId(first));
        return;
      case 'stall':
        this.#running().stall(asNodeId(first), Number(second));
        return;
      case 'stall-disk':
        this.#running().stallDisk(asNodeId(first), Number(second));
        return;
      case 'fail-disk':
        this.#running().failDisk(asNodeId(first));
        return;
      case 'cut':
        this.#setLinks([first], [second], false);
        return;
      case 'cut-one-way':
        this.#running().setLink(asNodeId(first), asNodeId(second), { up: false });
        return;
      case 'join':
        this.#setLinks([first], [second], true);
        return;
      case 'partition':
        this.#partition(words);
        return;
      case 'heal':
        this.#running().heal();
        return;
      case 'propose':
        this.#propose(first, second);
        return;
      default:
        throw new Error(`No command ${name} in a transcript`);
    }
  }

  #running(): World {
    if (this.#world === null) throw new Error('A transcript begins with a cluster');
    return this.#world;
  }

  /** `cluster n1 n2 n3 [old=n1,n4] [learners=n5] [profile=vanilla] [lease=off …] [T=150 …] [adaptive=1000]`. */
  #createWorld(voters: readonly string[], options: ReadonlyMap<string, string>): World {
    const value = (name: keyof typeof defaults): number => Number(options.get(name) ?? defaults[name]);
    const old = options.get('old');
    const configuration: Configuration = {
      voters: voters.map(asNodeId),
      oldVoters: old === undefined ? null : parseIds(old),
      learners: parseIds(options.get('learners')),
    };
    const core: CoreOptions = {
      electionTimeoutMs: value('T'),
      adaptiveTimeout: parseAdaptiveTimeout(options.get('adaptive'), value('T')),
      electionJitterMs: value('R'),
      heartbeatMs: value('h'),
      retryJitterMs: value('r'),
      successorSlotMs: value('slot'),
      quorumPatience: value('patience'),
      stallGraceMs: value('grace'),
      voteTimeoutMs: options.has('voteTimeout') ? Number(options.get('voteTimeout')) : null,
      maxAppendEntries: 64,
      rules: parseRules(options),
    };
    return new World(
      {
        seed: value('seed'),
        configuration,
        core,
        linkDelay: fixedDelay(value('delay')),
        storeDelay: fixedDelay(value('write')),
        exitNoticeDelayMs: value('notice'),
        mailbox: { control: 1024, data: 1024 },
        disks: this.#disks,
      },
      this.#observer(),
    );
  }

  #observer(): WorldObserver {
    return {
      stepped: (_node, input) => {
        if (this.#showsMessages && input.type === 'message') this.#print(describeMessage(input.message));
      },
      observed: (node, { event }) => this.#print(`${node.id} ${describeEvent(event)}`),
      replied: (node, requestId, outcome) =>
        this.#print(`${node.id} answers proposal ${requestId}: ${describeOutcome(outcome)}`),
    };
  }

  #print(line: string): void {
    const atMs = (this.#world?.nowMs ?? 0).toFixed(3);
    this.#printed.push(`${atMs.padStart(9)}  ${line}`);
  }

  #runUntil(what: string, withinMs: number): void {
    const world = this.#running();
    const holds = {
      leader: (): boolean => world.leader() !== undefined,
      ready: (): boolean => world.leader()?.state.leadership?.ready === true,
      settled: (): boolean => isSettled(world),
    }[what];
    if (holds === undefined) throw new Error(`Cannot run until ${what}`);
    if (!world.run(withinMs, holds)) this.#printed.push(`not ${what} within ${withinMs} ms`);
  }

  #setLinks(as: readonly string[], bs: readonly string[], up: boolean): void {
    for (const a of as) {
      for (const b of bs) {
        this.#running().setLink(asNodeId(a), asNodeId(b), { up });
        this.#running().setLink(asNodeId(b), asNodeId(a), { up });
      }
    }
  }

  /** `partition n1,n2 n3,n4,n5`: nodes of different groups do not hear one another. */
  #partition(groups: readonly string[]): void {
    const parsed = groups.map(parseIds);
    for (const [index, group] of parsed.entries()) {
      for (const other of parsed.slice(index + 1)) this.#setLinks(group, other, false);
    }
  }

  #propose(id: string, value: string): void {
    this.#proposals += 1;
    const isTaken = this.#running().propose(asNodeId(id), value, this.#proposals);
    this.#printed.unshift(`proposal ${this.#proposals}${isTaken ? '' : ' is lost'}`);
  }
}

/** One leader, everybody that is up follows it, and all logs are equal and committed. */
function isSettled(world: World): boolean {
  const leader = world.leader();
  return (
    leader !== undefined &&
    world.nodes.every(
      ({ up, state }) =>
        !up ||
        (state.leaderId === leader.id &&
          state.currentTerm === leader.state.currentTerm &&
          state.commitIndex === leader.state.log.entries.length &&
          state.log.entries.length === leader.state.log.entries.length),
    )
  );
}

function parseRules(options: ReadonlyMap<string, string>): Rules {
  const rules: Record<string, boolean> = {
    ...(options.get('profile') === 'vanilla' ? vanillaRules : standardRules),
    // A transcript chooses by its seed who is first, unless it is about ranks.
    rankedSuccessors: false,
  };
  for (const name of Object.keys(rules)) {
    const value = options.get(name);
    if (value !== undefined) rules[name] = value === 'on';
  }
  return rules as unknown as Rules;
}

/** `adaptive=400`: T adapts, from `T` up to this, with gaps held for 2 s that then halve every 200 ms. */
function parseAdaptiveTimeout(maxMs: string | undefined, minMs: number): CoreOptions['adaptiveTimeout'] {
  return maxMs === undefined ? null : { minMs, maxMs: Number(maxMs), holdMs: 2000, halfLifeMs: 200 };
}

/** `term=3 vote=n2 log=1,1,2`: the terms of the entries, which carry their own position as value. */
function parseDisk(options: ReadonlyMap<string, string>): InitialDisk {
  const terms = (options.get('log') ?? '').split(',').filter((term) => term !== '');
  const entries = terms.map((term, at): Entry => ({
    index: asLogIndex(at + 1),
    term: asTerm(Number(term)),
    payload: { type: 'command', value: `old ${term}@${at + 1}` },
  }));
  const vote = options.get('vote');
  return {
    hardState: {
      currentTerm: asTerm(Number(options.get('term') ?? terms.at(-1) ?? 0)),
      votedFor: vote === undefined ? null : asNodeId(vote),
    },
    entries,
  };
}

function parseIds(list: string | undefined): NodeId[] {
  return list === undefined ? [] : list.split(',').map(asNodeId);
}

function asOption(word: string): [string, string] {
  const [name = '', value = ''] = word.split('=');
  return [name, value];
}
