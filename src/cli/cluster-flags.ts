/** The flags that describe a cluster, the same for every command that starts one. */
import { Option, type Command } from 'commander';
import { ElectorateError } from '../errors.js';
import type { ClusterOptions, Profile, ResolvedClusterOptions } from '../options.js';

/** As commander hands them over: numbers are checked later, by the options of the cluster. */
export interface ClusterFlags {
  readonly nodes?: number;
  readonly electionTimeout?: number | 'adaptive';
  readonly adaptiveMin?: number;
  readonly adaptiveMax?: number;
  readonly electionJitter?: number;
  readonly heartbeat?: number;
  readonly retryJitter?: number;
  readonly voteTimeout?: number;
  readonly rankedSuccessors?: 'on' | 'off';
  readonly successorSlot?: number;
  readonly quorumPatience?: number;
  readonly stallGrace?: number;
  readonly profile?: Profile;
  readonly exitNotice?: 'on' | 'off';
  readonly store?: 'disk' | 'memory';
  readonly wiring?: 'routed' | 'direct';
  readonly dataDir?: string;
  readonly keep?: true;
  readonly niceness?: number;
  readonly voteLog?: string;
  readonly seed?: number;
}

/** How the options of a script are called on the command line. */
const flagOf: Readonly<Record<string, string>> = {
  nodes: '--nodes',
  electionTimeoutMs: '--election-timeout',
  'adaptiveTimeout.minMs': '--adaptive-min',
  'adaptiveTimeout.maxMs': '--adaptive-max',
  adaptiveTimeout: '--adaptive-min, --adaptive-max',
  electionJitterMs: '--election-jitter',
  heartbeatMs: '--heartbeat',
  retryJitterMs: '--retry-jitter',
  voteTimeoutMs: '--vote-timeout',
  successorSlotMs: '--successor-slot',
  quorumPatience: '--quorum-patience',
  stallGraceMs: '--stall-grace',
  store: '--store',
  wiring: '--wiring',
  'rules.exitNotice': '--exit-notice',
  dataDir: '--data-dir',
  keep: '--keep',
  niceness: '--niceness',
  voteLog: '--vote-log',
  seed: '--seed',
  trials: '--trials',
  timelines: '--timelines',
  maxRegression: '--max-regression',
  cell: '--cell',
  trial: '--trial',
  slowest: '--slowest',
  json: '--json',
  ranges: '--ranges',
  report: '--report',
  svg: '--svg',
  fault: '--fault',
  coldStart: '--cold-start',
  clients: '--clients',
  clientIntervalMs: '--client-interval',
  linkDelay: '--link-delay',
  storeDelay: '--store-delay',
  seeds: '--seeds',
  for: '--for',
  threads: '--threads',
  replay: '--replay',
  states: '--states',
  terms: '--terms',
  logLength: '--log-length',
  inFlight: '--in-flight',
  crashes: '--crashes',
  proposals: '--proposals',
  duplicates: '--duplicates',
  roundTripMs: '--round-trip',
  flushMs: '--flush',
  loopLagMs: '--loop-lag',
  falseElectionsPerHour: '--false-elections',
  lostHeartbeats: '--lost-heartbeats',
  watchMs: '--watch',
  runs: '--runs',
  contention: '--contention',
  durationMs: '--duration',
  duration: '--duration',
  repeats: '--repeat',
  faults: '--faults',
  recovery: '--recovery',
  resume: '--resume',
  incident: '--incident',
};

export function addClusterFlags(command: Command): Command {
  return command
    .addOption(numeric('--nodes <count>', 'voters, each in its own thread', '5'))
    .addOption(
      numeric(
        '--election-timeout <ms>',
        'T: silence after which a leader may be given up, or: adaptive',
        '150',
      ),
    )
    .addOption(numeric('--adaptive-min <ms>', 'the least T, where it is adaptive', '50'))
    .addOption(numeric('--adaptive-max <ms>', 'the highest T, where it is adaptive', '2000'))
    .addOption(
      numeric('--election-jitter <ms>', 'R: without a rank, a timeout is drawn from [T, T+R]', '150'),
    )
    .addOption(
      numeric(
        '--heartbeat <ms>',
        "h: the leader's interval between heartbeats, less than T; adaptive: a fifth of the least T",
        '30',
      ),
    )
    .addOption(numeric('--retry-jitter <ms>', 'r: wait after a failed round, drawn from [0, r]', '10'))
    .addOption(
      numeric('--vote-timeout <ms>', 'how long a round stays open at most', 'a fresh draw from [T, T+R]'),
    )
    .addOption(
      new Option(
        '--ranked-successors <on|off>',
        'the leader says who takes over, in order; off: each draws from [T, T+R]',
      )
        .choices(['on', 'off'])
        .default(undefined, "the profile's"),
    )
    .addOption(numeric('--successor-slot <ms>', 'by how much later each of them stands', '8'))
    .addOption(
      numeric(
        '--quorum-patience <times>',
        'for how many T a leader that no quorum answers waits; adaptive: 3',
        '1',
      ),
    )
    .addOption(
      numeric(
        '--stall-grace <ms>',
        'of its timeout, so much a node that stood still must have run; adaptive: all',
        '75',
      ),
    )
    .addOption(
      new Option('--profile <name>', 'standard: pre-vote, leases and all; vanilla: the Raft paper')
        .choices(['standard', 'vanilla'])
        .default(undefined, 'standard'),
    )
    .addOption(
      new Option('--exit-notice <on|off>', "tell the others when a node's thread is gone")
        .choices(['on', 'off'])
        .default(undefined, "the profile's"),
    )
    .addOption(
      new Option('--store <kind>', 'disk: flushed before anything is promised')
        .choices(['disk', 'memory'])
        .default(undefined, 'disk'),
    )
    .addOption(
      new Option(
        '--wiring <kind>',
        'routed: the supervisor carries every message; direct: a port for each pair',
      )
        .choices(['routed', 'direct'])
        .default(undefined, 'routed'),
    )
    .addOption(
      numeric('--niceness <number>', "of the cluster's threads: below 0 goes first, Linux only", '0'),
    )
    .addOption(
      new Option('--data-dir <folder>', 'where the disk stores are').default(
        undefined,
        'a temporary folder, removed at the end',
      ),
    )
    .addOption(new Option('--keep', 'leave the temporary folder behind'))
    .addOption(new Option('--vote-log <file>', 'append every vote to this file before it is sent'))
    .addOption(numeric('--seed <number>', 'seeds every random draw', 'a random one, reported'));
}

/** A number, or the text itself where it is none: the check behind it quotes what was typed. */
export function numeric(flags: string, description: string, defaultDescription: string): Option {
  return new Option(flags, description)
    .default(undefined, defaultDescription)
    .argParser((text: string) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)));
}

export function clusterOptionsFrom(flags: ClusterFlags): ClusterOptions {
  return {
    nodes: flags.nodes,
    electionTimeoutMs: flags.electionTimeout,
    adaptiveTimeout: adaptiveTimeoutFrom(flags),
    electionJitterMs: flags.electionJitter,
    heartbeatMs: flags.heartbeat,
    retryJitterMs: flags.retryJitter,
    voteTimeoutMs: flags.voteTimeout,
    profile: flags.profile,
    successorSlotMs: flags.successorSlot,
    quorumPatience: flags.quorumPatience,
    stallGraceMs: flags.stallGrace,
    rules: {
      exitNotice: isOn(flags.exitNotice),
      rankedSuccessors: isOn(flags.rankedSuccessors),
    },
    store: flags.store,
    wiring: flags.wiring,
    dataDir: flags.dataDir,
    keep: flags.keep,
    niceness: flags.niceness,
    voteLog: flags.voteLog,
    seed: flags.seed,
  };
}

/** Undefined where neither bound is given, so that only those are checked. */
function adaptiveTimeoutFrom({ adaptiveMin, adaptiveMax }: ClusterFlags): ClusterOptions['adaptiveTimeout'] {
  if (adaptiveMin === undefined && adaptiveMax === undefined) return undefined;
  return { minMs: adaptiveMin, maxMs: adaptiveMax };
}

function isOn(flag: 'on' | 'off' | undefined): boolean | undefined {
  return flag === undefined ? undefined : flag === 'on';
}

/** Where the stores are that are left behind, as a line of its own; empty when there are none, or no wish for them. */
export function keptLine({ keep, dataDir }: ResolvedClusterOptions): string {
  return keep && dataDir !== null ? `Stores, kept: ${dataDir}\n` : '';
}

/** The message with options called by their flags, e.g. ``Expected `--heartbeat` to be …``. */
export function messageInFlags(error: ElectorateError): string {
  return error.message.replaceAll(/`([\w.]+)`/gu, (quoted, option: string) => {
    const flag = flagOf[option];
    return flag === undefined ? quoted : `\`${flag}\``;
  });
}
