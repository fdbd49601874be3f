import test from 'ava';
import { Command } from 'commander';
import {
  addClusterFlags,
  clusterOptionsFrom,
  messageInFlags,
  type ClusterFlags,
} from '../../src/cli/cluster-flags.js';
import { ElectorateError } from '../../src/errors.js';
import { resolveClusterOptions } from '../../src/options.js';

function parse(...args: string[]): ClusterFlags {
  return addClusterFlags(new Command().exitOverride()).parse(args, { from: 'user' }).opts<ClusterFlags>();
}

test('every flag reaches the option it stands for', (t) => {
  const line =
    '--nodes 7 --election-timeout 100 --election-jitter 50.5 --heartbeat 20 --retry-jitter 3 --vote-timeout 80 ' +
    '--profile vanilla --exit-notice on --store disk --data-dir here --keep --vote-log votes --seed 9 --niceness 5';
  const flags = parse(...line.split(' '));
  // The vanilla profile and a fixed vote timeout go together only when asked to.
  const resolved = resolveClusterOptions({ ...clusterOptionsFrom(flags), unsafeCombination: true });
  t.like(resolved, {
    electionTimeoutMs: 100,
    electionJitterMs: 50.5,
    heartbeatMs: 20,
    retryJitterMs: 3,
    voteTimeoutMs: 80,
    profile: 'vanilla',
    store: 'disk',
    dataDir: 'here',
    keep: true,
    niceness: 5,
    voteLog: 'votes',
    seed: 9,
  });
  t.is(resolved.voters.length, 7);
  t.like(resolved.rules, { exitNotice: true, preVote: false });
});

test('an adaptive timeout and its bounds reach the options', (t) => {
  const line = '--election-timeout adaptive --adaptive-min 15 --adaptive-max 900';
  const resolved = resolveClusterOptions(clusterOptionsFrom(parse(...line.split(' '))));
  t.like(resolved, { electionTimeoutMs: 15, heartbeatMs: 3, adaptiveTimeout: { minMs: 15, maxMs: 900 } });
  const { options } = addClusterFlags(new Command());
  const shown = Object.fromEntries(
    options.map((flag) => [flag.attributeName(), flag.defaultValueDescription]),
  );
  const { adaptiveTimeout } = resolveClusterOptions({ electionTimeoutMs: 'adaptive' });
  t.like(shown, { adaptiveMin: String(adaptiveTimeout?.minMs), adaptiveMax: String(adaptiveTimeout?.maxMs) });
});

test('flags that are left out leave the defaults, and the defaults are those that the help shows', (t) => {
  const given = resolveClusterOptions({ ...clusterOptionsFrom(parse()), seed: 1 });
  t.deepEqual(given, resolveClusterOptions({ seed: 1 }));
  const shown = addClusterFlags(new Command()).options.map((option) => [
    option.attributeName(),
    option.defaultValueDescription,
  ]);
  t.like(Object.fromEntries(shown), {
    nodes: String(given.voters.length),
    electionTimeout: String(given.electionTimeoutMs),
    electionJitter: String(given.electionJitterMs),
    heartbeat: String(given.heartbeatMs),
    retryJitter: String(given.retryJitterMs),
    successorSlot: String(given.successorSlotMs),
    quorumPatience: String(given.quorumPatience),
    stallGrace: String(given.stallGraceMs),
    profile: given.profile,
    store: given.store,
  });
});

for (const [args, message] of [
  [['--heartbeat', '200'], 'Expected `--heartbeat` to be less than `--election-timeout` (150), got 200'],
  [
    ['--election-timeout', 'adaptive', '--adaptive-max', '20'],
    'Expected `--adaptive-max` to be at least `--adaptive-min` (50), got 20',
  ],
  [
    ['--adaptive-min', '20'],
    "Expected `--adaptive-min, --adaptive-max` to be left out unless `--election-timeout` is 'adaptive' (it is 150), got { minMs: 20, maxMs: undefined }",
  ],
  [['--nodes', '0'], 'Expected `--nodes` to be a whole number from 1 to 101, got 0'],
  [['--nodes', 'many'], "Expected `--nodes` to be a whole number from 1 to 101, got 'many'"],
  [
    ['--election-timeout', 'NaN'],
    "Expected `--election-timeout` to be a number of milliseconds or 'adaptive', got 'NaN'",
  ],
  [['--election-jitter', 'Infinity'], 'Expected `--election-jitter` to be a finite number, got Infinity'],
  [['--retry-jitter', ''], "Expected `--retry-jitter` to be a finite number, got ''"],
  [['--seed=-1'], 'Expected `--seed` to be a whole number from 0 to 9007199254740991, got -1'],
  [
    ['--store', 'memory', '--data-dir', 'here'],
    "Expected `--data-dir` to be left out when `--store` is 'memory', got 'here'",
  ],
] as const) {
  test(`a refusal names flag, rule and value: ${args.join(' ')}`, (t) => {
    const error = t.throws(() => resolveClusterOptions(clusterOptionsFrom(parse(...args))), {
      instanceOf: ElectorateError,
      code: 'invalidOption',
    });
    t.is(error && messageInFlags(error), message);
  });
}
