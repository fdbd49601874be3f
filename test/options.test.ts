/** The boundary: what a cluster may be started with, and what is said about everything else. */
import test, { type ExecutionContext } from 'ava';
import { ElectorateError } from '../src/errors.js';
import { resolveClusterOptions, type ClusterOptions } from '../src/options.js';
import { asNodeId } from '../src/raft/brands.js';
import { standardRules, vanillaRules } from '../src/raft/options.js';

/** What somebody without our types may pass. */
type Anything = Readonly<Record<string, unknown>>;

function refusal(t: ExecutionContext, options: unknown): ElectorateError {
  const error = t.throws(() => resolveClusterOptions(options as ClusterOptions), {
    instanceOf: ElectorateError,
    code: 'invalidOption',
  });
  t.like(error, { name: 'ElectorateError' });
  return error as ElectorateError;
}

test('without options: five voters on disk, the standard rules, and a random seed', (t) => {
  const options = resolveClusterOptions();
  t.like(options, {
    voters: ['n1', 'n2', 'n3', 'n4', 'n5'],
    learners: [],
    electionTimeoutMs: 150,
    electionJitterMs: 150,
    heartbeatMs: 30,
    retryJitterMs: 10,
    successorSlotMs: 8,
    quorumPatience: 1,
    stallGraceMs: 75,
    voteTimeoutMs: null,
    maxAppendEntries: 64,
    profile: 'standard',
    rules: standardRules,
    unsafeCombination: false,
    store: 'disk',
    dataDir: null,
    keep: false,
    mailbox: { control: 1024, data: 4096 },
    restart: { maxRestarts: 5, withinMs: 10_000, backoffMs: 50, maxBackoffMs: 2_000 },
    niceness: 0,
    voteLog: null,
  });
  t.true(Number.isSafeInteger(options.seed));
  const seeds = new Set(Array.from({ length: 20 }, () => resolveClusterOptions().seed));
  t.true(seeds.size > 15);
});

test('what is undefined takes its default, and null where null means something', (t) => {
  const options = resolveClusterOptions({ nodes: undefined, heartbeatMs: undefined, voteTimeoutMs: null });
  t.is(options.voters.length, 5);
  t.is(options.heartbeatMs, 30);
  t.is(options.voteTimeoutMs, null);
});

test('learners are numbered on behind the voters', (t) => {
  const { voters, learners } = resolveClusterOptions({ nodes: 3, learners: 2 });
  t.is([...voters, ...learners].join(), 'n1,n2,n3,n4,n5');
  t.deepEqual(resolveClusterOptions({ nodes: ['a', 'b'], learners: ['c'] }).learners, [asNodeId('c')]);
});

test('single rules differ from the profile, restart limits and bounds from their defaults', (t) => {
  const options = resolveClusterOptions({
    profile: 'vanilla',
    rules: { preVote: true, exitNotice: undefined },
    restart: { maxRestarts: 1 },
    mailbox: { data: 7 },
  });
  t.deepEqual(options.rules, { ...vanillaRules, preVote: true });
  t.like(options.restart, { maxRestarts: 1, withinMs: 10_000 });
  t.deepEqual(options.mailbox, { control: 1024, data: 7 });
  t.is(resolveClusterOptions({ restart: false }).restart, null);
  t.is(resolveClusterOptions({ restart: { backoffMs: 5_000 } }).restart?.maxBackoffMs, 5_000);
});

function floor(minMs: number): unknown {
  return resolveClusterOptions({ electionTimeoutMs: 'adaptive', adaptiveTimeout: { minMs } });
}

test('an adaptive timeout starts at its floor, with five heartbeats to it; a fixed one has no bounds', (t) => {
  t.like(resolveClusterOptions({ electionTimeoutMs: 'adaptive' }), {
    electionTimeoutMs: 50,
    adaptiveTimeout: { minMs: 50, maxMs: 2_000, holdMs: 3_000, halfLifeMs: 500 },
    heartbeatMs: 10,
  });
  t.like(floor(15), { electionTimeoutMs: 15, heartbeatMs: 3, adaptiveTimeout: { minMs: 15, maxMs: 2_000 } });
  t.like(floor(2), { heartbeatMs: 1 });
  t.like(floor(3_000), { heartbeatMs: 30, adaptiveTimeout: { maxMs: 3_000 } });
  t.is(resolveClusterOptions({ electionTimeoutMs: 15, heartbeatMs: 3 }).adaptiveTimeout, null);
});

test('the grace after a standstill is 75 ms, and all of T where that adapts; 0 is none', (t) => {
  t.is(resolveClusterOptions().stallGraceMs, 75);
  t.like(floor(15), { stallGraceMs: 2_000 });
  t.is(resolveClusterOptions({ stallGraceMs: 0 }).stallGraceMs, 0);
  t.is(resolveClusterOptions({ electionTimeoutMs: 'adaptive', stallGraceMs: 40.5 }).stallGraceMs, 40.5);
  const refused = (options: Anything): string => refusal(t, options).message;
  t.regex(refused({ stallGraceMs: -1 }), /^Expected `stallGraceMs` to be from 0 to 2147483647, got -1$/u);
  t.regex(
    refused({ stallGraceMs: Number.POSITIVE_INFINITY }),
    /^Expected `stallGraceMs` to be a finite number, got Infinity$/u,
  );
});

test('the patience of a quorum check is 3 where T adapts, from 1 on, and no more than a timer holds', (t) => {
  t.like(floor(15), { quorumPatience: 3 });
  t.is(resolveClusterOptions({ quorumPatience: 2.5 }).quorumPatience, 2.5);
  t.is(resolveClusterOptions({ electionTimeoutMs: 'adaptive', quorumPatience: 1 }).quorumPatience, 1);
  const refused = (options: Anything): string => refusal(t, options).message;
  t.regex(
    refused({ quorumPatience: 0.99 }),
    /^Expected `quorumPatience` to be from 1 to 14316557, .* got 0\.99$/u,
  );
  t.regex(
    refused({ quorumPatience: Number.NaN }),
    /^Expected `quorumPatience` to be a finite number, got NaN$/u,
  );
  t.regex(
    refused({ electionTimeoutMs: 2 ** 30, quorumPatience: 2 }),
    /`quorumPatience` to be from 1 to 1, /u,
  );
  t.regex(
    refused({ electionTimeoutMs: 'adaptive', quorumPatience: 2e6 }),
    /`quorumPatience` to be from 1 to 1073741, /u,
  );
});

test('bounds of an adaptive timeout that contradict one another or a fixed one are refused, and say why', (t) => {
  const adaptive = (rest: Anything): string => refusal(t, { electionTimeoutMs: 'adaptive', ...rest }).message;
  t.is(
    refusal(t, { electionTimeoutMs: 15, heartbeatMs: 3, adaptiveTimeout: { minMs: 15 } }).message,
    "Expected `adaptiveTimeout` to be left out unless `electionTimeoutMs` is 'adaptive' (it is 15), got { minMs: 15 }",
  );
  t.is(
    adaptive({ adaptiveTimeout: { minMs: 300, maxMs: 200 } }),
    'Expected `adaptiveTimeout.maxMs` to be at least `adaptiveTimeout.minMs` (300), got 200',
  );
  t.is(
    adaptive({ adaptiveTimeout: { minMs: 20 }, heartbeatMs: 20 }),
    'Expected `heartbeatMs` to be less than `adaptiveTimeout.minMs` (20), got 20',
  );
  t.regex(
    adaptive({ adaptiveTimeout: { minMs: 0 } }),
    /^Expected `adaptiveTimeout\.minMs` to be greater than 0/u,
  );
  t.regex(adaptive({ adaptiveTimeout: { holdMs: -1 } }), /^Expected `adaptiveTimeout\.holdMs` to be from 0/u);
  t.regex(
    adaptive({ adaptiveTimeout: { halfLifeMs: 0 } }),
    /`adaptiveTimeout\.halfLifeMs` to be greater than 0/u,
  );
  t.regex(
    adaptive({ adaptiveTimeout: { least: 1 } }),
    /^Expected `adaptiveTimeout\.least` to be the name of an option/u,
  );
  t.regex(adaptive({ adaptiveTimeout: 15 }), /^Expected `adaptiveTimeout` to be an object/u);
  t.is(
    refusal(t, { electionTimeoutMs: 'adapting' }).message,
    "Expected `electionTimeoutMs` to be a number of milliseconds or 'adaptive', got 'adapting'",
  );
});

test('the result is frozen through and through, the argument is left alone', (t) => {
  const given = { nodes: ['a', 'b', 'c'], rules: { preVote: false }, restart: { maxRestarts: 2 } };
  const options = resolveClusterOptions(given);
  for (const part of [options, options.voters, options.rules, options.restart, options.mailbox]) {
    t.true(Object.isFrozen(part));
  }
  t.false(Object.isFrozen(given.nodes));
  t.false(Object.isFrozen(given.rules));
});

test('a message names the option, the rule and the value, and so do the details', (t) => {
  const error = refusal(t, { heartbeatMs: 200 });
  t.is(error.message, 'Expected `heartbeatMs` to be less than `electionTimeoutMs` (150), got 200');
  t.deepEqual(error.details, {
    option: 'heartbeatMs',
    rule: 'to be less than `electionTimeoutMs` (150)',
    value: '200',
  });
});

const durations = [
  'electionTimeoutMs',
  'electionJitterMs',
  'heartbeatMs',
  'retryJitterMs',
  'successorSlotMs',
  'voteTimeoutMs',
] as const;

for (const option of durations) {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 31, '150', {}, true]) {
    test(`${option}: ${String(value)} of type ${typeof value} is refused`, (t) => {
      t.is(refusal(t, { [option]: value }).details['option'], option);
    });
  }
}

const refused: readonly [why: string, option: string, options: Anything][] = [
  ['no nodes', 'nodes', { nodes: 0 }],
  ['half a node', 'nodes', { nodes: 2.5 }],
  ['nodes without a number', 'nodes', { nodes: Number.NaN }],
  ['more threads than is sane', 'nodes', { nodes: 102 }],
  ['more voters and learners together', 'nodes', { nodes: 100, learners: 2 }],
  ['an empty list', 'nodes', { nodes: [] }],
  ['two nodes of one name', 'nodes', { nodes: ['a', 'b', 'a'] }],
  ['names that one folder would hold', 'nodes', { nodes: ['a', 'A'] }],
  ['a learner that is a voter', 'nodes', { nodes: ['a', 'b'], learners: ['b'] }],
  ['a learner of a voter’s number', 'nodes', { nodes: ['n2'], learners: 1 }],
  ['a name that climbs out of the folder', 'nodes[1]', { nodes: ['a', '../b'] }],
  ['a name that is a folder', 'nodes[0]', { nodes: ['.'] }],
  ['a name without letters', 'nodes[0]', { nodes: [''] }],
  ['a name without end', 'nodes[0]', { nodes: ['x'.repeat(65)] }],
  ['a number for a name', 'learners[0]', { learners: [7] }],
  ['fewer than no learners', 'learners', { learners: -1 }],
  ['no timeout', 'electionTimeoutMs', { electionTimeoutMs: 0 }],
  ['no round', 'voteTimeoutMs', { voteTimeoutMs: 0 }],
  [
    'rounds that split for ever',
    'voteTimeoutMs',
    { voteTimeoutMs: 9, rules: { retryWait: false, stepDownOnVoteTimeout: false } },
  ],
  ['retries that collide for ever', 'retryJitterMs', { retryJitterMs: 0 }],
  ['a heartbeat at the timeout', 'heartbeatMs', { heartbeatMs: 150 }],
  ['a heartbeat finer than a timer', 'heartbeatMs', { heartbeatMs: 0.5 }],
  ['an unknown profile', 'profile', { profile: 'fast' }],
  ['a profile of the prototype', 'profile', { profile: 'toString' }],
  ['an unknown option', 'hartbeatMs', { hartbeatMs: 30 }],
  ['an unknown rule', 'rules.prevote', { rules: { prevote: true } }],
  ['a rule of the prototype', 'rules.toString', { rules: { toString: true } }],
  ['a rule that is no switch', 'rules.preVote', { rules: { preVote: 1 } }],
  ['rules in a list', 'rules', { rules: [] }],
  ['lease without quorum check', 'rules.lease', { rules: { quorumCheck: false } }],
  ['quorum check without lease', 'rules.lease', { rules: { lease: false } }],
  ['a store of neither kind', 'store', { store: 'tape' }],
  ['a folder for memory', 'dataDir', { store: 'memory', dataDir: 'x' }],
  ['nothing to keep', 'keep', { store: 'memory', keep: true }],
  ['a folder without a name', 'dataDir', { dataDir: '' }],
  ['a folder that is a number', 'dataDir', { dataDir: 3 }],
  ['a seed with a fraction', 'seed', { seed: 0.5 }],
  ['a negative seed', 'seed', { seed: -1 }],
  ['a seed past what a double holds', 'seed', { seed: 2 ** 53 }],
  ['a mailbox for nothing', 'mailbox.control', { mailbox: { control: 0 } }],
  ['an unknown lane', 'mailbox.fast', { mailbox: { fast: 1 } }],
  ['an endless mailbox', 'mailbox.data', { mailbox: { data: Number.POSITIVE_INFINITY } }],
  ['restarts that are a word', 'restart', { restart: 'never' }],
  ['restarts that are true', 'restart', { restart: true }],
  ['fewer than no restarts', 'restart.maxRestarts', { restart: { maxRestarts: -1 } }],
  ['an empty window', 'restart.withinMs', { restart: { withinMs: 0 } }],
  ['a back-off that shrinks', 'restart.maxBackoffMs', { restart: { backoffMs: 9, maxBackoffMs: 8 } }],
  ['no entries', 'maxAppendEntries', { maxAppendEntries: 0 }],
  ['a niceness that no system knows', 'niceness', { niceness: -21 }],
  ['a niceness between two', 'niceness', { niceness: 0.5 }],
  ['a vote log without a name', 'voteLog', { voteLog: '' }],
  ['a switch that is a word', 'keep', { keep: 'yes' }],
];

for (const [why, option, options] of refused) {
  test(`refused: ${why}`, (t) => {
    const error = refusal(t, options);
    t.is(error.details['option'], option);
    t.true(error.message.startsWith(`Expected \`${option}\` `), error.message);
  });
}

for (const options of [null, 5, 'five', []]) {
  test(`refused: ${JSON.stringify(options)} for options`, (t) => {
    t.is(refusal(t, options).details['option'], 'options');
  });
}

test('lease and quorum check may part when asked to in so many words', (t) => {
  const { rules } = resolveClusterOptions({ rules: { quorumCheck: false }, unsafeCombination: true });
  t.true(rules.lease && !rules.quorumCheck);
});

test('a fixed vote timeout needs one rule that brings chance between two rounds, or the wish in so many words', (t) => {
  for (const rules of [{ retryWait: true }, { stepDownOnVoteTimeout: true }]) {
    t.is(resolveClusterOptions({ profile: 'vanilla', voteTimeoutMs: 9, rules }).voteTimeoutMs, 9);
  }
  const unsafe = { profile: 'vanilla', voteTimeoutMs: 9, unsafeCombination: true } as const;
  t.is(resolveClusterOptions(unsafe).voteTimeoutMs, 9);
  t.is(resolveClusterOptions({ profile: 'vanilla', voteTimeoutMs: null }).voteTimeoutMs, null);
});

test('no jitter at all is allowed: the paper measured it', (t) => {
  t.is(resolveClusterOptions({ electionJitterMs: 0 }).electionJitterMs, 0);
});
