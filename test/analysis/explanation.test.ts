import test from 'ava';
import {
  explainTrial,
  slowestTrials,
  type Explainable,
  type Explanation,
  type FindingRule,
} from '../../src/analysis/explanation.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import type { RecordedRequest, RecordedRound, Timeline } from '../../src/analysis/timeline.js';
import type { Trial } from '../../src/analysis/trial.js';
import { asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';
import type { RefusalReason } from '../../src/raft/messages.js';

const [n1, n2, n3, n4, n5] = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const voters = [n2, n3, n4, n5];

/** Half a millisecond each way, answered at once. */
function request(
  to: NodeId,
  sentMs: number,
  answer: 'granted' | RefusalReason | null,
  more: Partial<RecordedRequest> = {},
): RecordedRequest {
  const at = (ms: number): number | null => (answer === null ? null : sentMs + ms);
  return {
    to,
    sentMs: at(0),
    arrivedMs: at(0.5),
    handledMs: at(0.5),
    decidedMs: at(0.5),
    answer,
    leaseMs: null,
    answerArrivedMs: at(1),
    answerHandledMs: at(1),
    ...more,
  };
}

type Answers = Partial<Record<string, 'granted' | RefusalReason | null>>;

function round(
  node: NodeId,
  openedMs: number,
  term: number,
  answers: Answers,
  more: Partial<RecordedRound> = {},
): RecordedRound {
  return {
    node,
    phase: 'vote',
    term: asTerm(term),
    openedMs,
    timer: null,
    outcome: 'won',
    endedMs: openedMs + 1,
    requests: voters.flatMap((to) =>
      to === node ? [] : [request(to, openedMs, answers[to] ?? (to in answers ? null : 'granted'))],
    ),
    ...more,
  };
}

const granted = { n2: 'granted', n3: 'granted', n4: 'granted', n5: 'granted' } as const;

/** n3 suspects at 160 and wins term 5 with one round; ready at 163. */
const straight: Timeline = {
  heard: [{ node: n3, atMs: -11 }],
  notices: [],
  suspicions: [{ node: n3, atMs: 160, silentMs: 171, timeoutMs: 171 }],
  rounds: [round(n3, 160, 5, granted)],
  writes: [{ node: n3, atMs: 161, tookMs: 0.5, hardState: false, entries: 1 }],
  reigns: [
    { node: n3, term: asTerm(5), votes: [n3, n2, n4], electedMs: 161, establishedMs: 163, readyMs: 163 },
  ],
  known: [{ node: n2, leader: n3, term: asTerm(5), atMs: 162 }],
};

const plain: Trial = {
  crashed: n1,
  winner: n3,
  rounds: 1,
  splitVotes: 0,
  phases: { detect: 160, lostRounds: 0, preVote: 0, vote: 1, establish: 2, ready: 0 },
  electedMs: 161,
  establishedMs: 163,
  readyMs: 163,
  knownMs: 162,
  timerLatenessMs: 0.01,
  lostMs: 0,
  outageMs: null,
  routerLagMs: 0.1,
  observerLagMs: null,
  host: null,
  marks: [],
  termSteps: 1,
  refusals: {},
  messages: 9,
  bytes: null,
  cost: {
    delaysMs: [0.5],
    candidateWritesMs: [0.5],
    voterWritesMs: [0.5],
    logWritesMs: [0.5],
    noticesMs: [],
  },
  timeline: straight,
};

/** Two ordinary trials beside it, so that what is usual is not its own. */
function explain(timeline: Partial<Timeline>, trial: Partial<Trial> = {}): Explanation {
  const told: Trial = { ...plain, ...trial, timeline: { ...straight, ...timeline } };
  const result: Explainable = { trials: [plain, told, plain], options: { fault: 'crash' } };
  return explainTrial(result, 1);
}

/** n3 wins at its second attempt, opened at 170. */
function afterLosing(...lost: readonly RecordedRound[]): [Partial<Timeline>, Partial<Trial>] {
  const term = 6;
  return [
    {
      rounds: [...lost, round(n3, 170, term, granted)],
      reigns: [
        {
          node: n3,
          term: asTerm(term),
          votes: [n3, n2, n4],
          electedMs: 171,
          establishedMs: 173,
          readyMs: 173,
        },
      ],
    },
    {
      phases: { detect: 160, lostRounds: 10, preVote: 0, vote: 1, establish: 2, ready: 0 },
      electedMs: 171,
      readyMs: 173,
    },
  ];
}

test('a plain win is one sentence', (t) => {
  const { trial, verdict, findings } = explain({});
  t.is(trial, 2);
  t.is(
    verdict,
    'n3 suspected n1 after 171 ms of silence and was elected 161 ms after the fault by n2 and n4.',
  );
  t.deepEqual(
    findings.map(({ rule }) => rule),
    ['suspected', 'elected'],
  );
});

test('an exit notice that was taken begins the story, and so does the wait behind it', (t) => {
  const notices = [{ node: n3, atMs: 0.4 }];
  const lateRound = [round(n3, 6.4, 5, granted)];
  const { verdict } = explain(
    { notices, suspicions: [], rounds: lateRound },
    { electedMs: 7.4, phases: { detect: 0.4, lostRounds: 6, preVote: 0, vote: 1, establish: 2, ready: 0 } },
  );
  t.is(
    verdict,
    'n3 was told that n1 was gone after 0.40 ms and waited 6.0 ms before it stood; n3 was elected 7.4 ms after the fault by n2 and n4.',
  );
});

test('a suspicion before the fault is said to be one; one that heard its leader again began nothing', (t) => {
  const early = { node: n3, atMs: -2, silentMs: 165, timeoutMs: 165 };
  const { verdict } = explain({ suspicions: [early] }, { marks: ['suspectedBeforeCrash'] });
  t.regex(verdict, /^n3 suspected n1 after 165 ms of silence, 2.0 ms before anything had happened to it/);
  const healed = explain({ suspicions: [early, ...straight.suspicions] });
  t.regex(healed.verdict, /^n3 suspected n1 after 171 ms/);
});

test('a cold start begins with whoever stood first', (t) => {
  t.is(
    explain({ suspicions: [], heard: [] }, { crashed: null }).verdict,
    'n3 stood 160 ms after the start and was elected 161 ms after the start by n2 and n4.',
  );
});

test('refused by a lease: which voter, for how much longer, and what it cost', (t) => {
  const refused = round(n3, 160, 5, {}, { phase: 'preVote', outcome: 'leasesExpired', endedMs: 170 });
  const requests = refused.requests.map((each) =>
    each.to === n4 ? { ...each, answer: 'leaseLive' as const, leaseMs: 9 } : { ...each, answer: null },
  );
  const { verdict, findings } = explain(...afterLosing({ ...refused, requests }));
  t.is(
    verdict,
    'n3 suspected n1 after 171 ms of silence; its first round was refused by n4, whose lease ran 9.0 ms longer; ' +
      '10.0 ms lost; n3 was elected 171 ms after the fault by n2 and n4.',
  );
  t.like(findings[1], { rule: 'refusedByLease', lostMs: 10 });
});

const lease = (openedMs: number, leaseMs: number): RecordedRound => ({
  ...round(n3, openedMs, 5, {}, { phase: 'preVote', outcome: 'leasesExpired' }),
  requests: [n2, n4].map((to) =>
    request(to, openedMs, 'leaseLive', { leaseMs: leaseMs + (to === n4 ? 1 : 0) }),
  ),
});

test('rounds of one node that leases refused are told together', (t) => {
  const { verdict } = explain(...afterLosing(lease(160, 8), lease(164, 4)));
  t.regex(
    verdict,
    /; its first and second rounds were refused by n2 and n4, whose leases ran up to 9.0 ms longer; 10.0 ms lost;/,
  );
});

test('refused by newer logs', (t) => {
  const answers = { n2: 'granted', n3: 'staleLog', n4: 'staleLog', n5: 'granted' } as const;
  const { findings } = explain(...afterLosing(round(n2, 160, 5, answers, { outcome: 'quorumImpossible' })));
  t.like(findings[1], {
    rule: 'staleLog',
    text: 'n2’s first round was refused by n3 and n4, whose logs are newer',
  });
});

test('a split vote: who stood, and how many votes each had', (t) => {
  const lost = { outcome: 'quorumImpossible', endedMs: 161 } as const;
  const { findings, verdict } = explain(
    ...afterLosing(
      round(n2, 160, 5, { n3: 'votedForAnother', n4: 'granted', n5: 'votedForAnother' }, lost),
      round(n3, 160.2, 5, { n2: 'votedForAnother', n4: 'votedForAnother', n5: 'granted' }, lost),
    ),
  );
  t.like(findings[1], { rule: 'splitVote', text: 'n2 and n3 stood in term 5 and split the votes 2 to 2' });
  t.true(verdict.includes('of silence; n2 and n3 stood in term 5 and'), verdict);
  t.is(findings.filter(({ rule }) => rule === 'splitVote').length, 1);
  t.regex(verdict, /; 10.0 ms lost; n3 was elected/);
});

test('a round that was given up: after how long, and who had not answered', (t) => {
  const silent = round(
    n2,
    160,
    5,
    { n3: 'granted', n4: null, n5: null },
    { outcome: 'timedOut', endedMs: 168 },
  );
  const { findings } = explain(...afterLosing(silent));
  t.like(findings[1], {
    rule: 'timedOut',
    text: 'n2’s first round was given up after 8.0 ms without an answer of n4 and n5',
    lostMs: 10,
  });
});

test('a round that somebody else’s overtook, or whose votes were given already', (t) => {
  const overtaken = explain(...afterLosing(round(n2, 169, 5, {}, { outcome: 'leaderHeard' })));
  t.like(overtaken.findings[1], { rule: 'outvoted', text: 'n2’s first round was overtaken by n3' });
  const late = round(
    n2,
    169,
    5,
    { n3: 'votedForAnother', n4: 'votedForAnother', n5: 'votedForAnother' },
    {
      outcome: 'quorumImpossible',
    },
  );
  t.is(
    explain(...afterLosing(late)).findings[1]?.text,
    'n2’s first round was refused by n3, n4 and n5: the vote was given already',
  );
});

test('a leader that was lost before it was ready', (t) => {
  const [timeline, trial] = afterLosing(round(n2, 160, 5, granted));
  const fallen = {
    node: n2,
    term: asTerm(5),
    votes: [n2, n4, n5],
    electedMs: 161,
    establishedMs: null,
    readyMs: null,
  };
  const { findings } = explain({ ...timeline, reigns: [fallen, ...(timeline.reigns ?? [])] }, trial);
  t.like(findings[1], {
    rule: 'leaderLost',
    text: 'n2 was elected in term 5 and lost it before it was ready',
    lostMs: 10,
  });
});

test('a winner that was replaced before all knew it', (t) => {
  const next = {
    node: n5,
    term: asTerm(6),
    votes: [n5, n4, n2],
    electedMs: 163,
    establishedMs: 164,
    readyMs: 164,
  };
  const { findings } = explain({ reigns: [...straight.reigns, next] }, { marks: ['winnerReplaced'] });
  t.is(findings.at(-1)?.text, 'n5 replaced it before all knew it');
});

for (const [what, rule, timeline, trial, text] of [
  [
    'a late timer',
    'lateTimer',
    { rounds: [round(n3, 160, 5, granted, { timer: { name: 'election', lateMs: 3.2, lostMs: 0 } })] },
    {},
    'n3’s timer fired 3.2 ms late',
  ],
  [
    'a thread that stood still while its timer ran',
    'threadStalled',
    { rounds: [round(n3, 160, 5, granted, { timer: { name: 'election', lateMs: 0, lostMs: 12 } })] },
    { lostMs: 12 },
    'n3’s thread stood still for 12.0 ms while it waited',
  ],
  [
    'a survivor’s thread that stood still',
    'threadStalled',
    {},
    { lostMs: 7 },
    'the thread of a survivor stood still for 7.0 ms',
  ],
  ['a router that was behind', 'routerStalled', {}, { routerLagMs: 6 }, 'the router was up to 6.0 ms behind'],
  [
    'a machine that stood still',
    'hostStalled',
    {},
    { host: { latenessMs: 9, stealMs: 10 } },
    'the machine kept a thread that only wakes up waiting for 9.0 ms',
  ],
  [
    'a slow write of a voter that was needed',
    'slowWrite',
    { writes: [{ node: n4, atMs: 160.5, tookMs: 8, hardState: true, entries: 0 }] },
    { electedMs: 169 },
    'n4 took 8.0 ms to write its vote',
  ],
  [
    'a slow first entry',
    'slowWrite',
    { writes: [{ node: n3, atMs: 161, tookMs: 4, hardState: false, entries: 1 }] },
    { readyMs: 166 },
    'n3 took 4.0 ms to write its first entry',
  ],
  [
    'a slow answer',
    'slowMessage',
    {
      rounds: [
        {
          ...round(n3, 160, 5, granted),
          requests: [request(n2, 160, 'granted', { answerArrivedMs: 166.5, answerHandledMs: 166.5 })],
        },
      ],
    },
    {},
    'an answer was 6.0 ms on its way from n2 to n3',
  ],
  [
    'a busy mailbox',
    'slowMessage',
    {
      rounds: [
        { ...round(n3, 160, 5, granted), requests: [request(n2, 160, 'granted', { handledMs: 164 })] },
      ],
    },
    {},
    'a request waited 3.5 ms in the mailbox of n2',
  ],
] as const satisfies readonly (readonly [string, FindingRule, Partial<Timeline>, Partial<Trial>, string])[]) {
  test(`${what} is told`, (t) => {
    const found = explain(timeline, trial).findings.filter((finding) => finding.rule === rule);
    t.deepEqual(
      found.map((finding) => finding.text),
      [text],
    );
  });
}

test('a slow write that nobody waited for is not told', (t) => {
  const writes = [
    { node: n5, atMs: 160.5, tookMs: 8, hardState: true, entries: 0 },
    { node: n4, atMs: 100, tookMs: 8, hardState: true, entries: 0 },
  ];
  t.false(explain({ writes }).findings.some(({ rule }) => rule === 'slowWrite'));
});

test('rows come by time, with who was heard last, every request, and what it was answered', (t) => {
  const { rows } = explain({});
  t.deepEqual(
    rows.map(({ atMs }) => atMs),
    rows.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
  );
  const told = rows.map(({ node, text }) => `${node} ${text}`);
  t.is(told[0], 'n3 hears n1 for the last time');
  t.is(told[1], 'n1 crashes');
  t.true(told.includes('n3 asks n4 for its vote: granted (0.50 ms on its way, 0.50 ms on its way back)'));
  t.is(rows.filter(({ kind }) => kind === 'request').length, 3);
  t.deepEqual(
    rows.filter(({ tone }) => tone === 'bad').map(({ kind }) => kind),
    ['fault'],
  );
});

function suspicionAfter(silentMs: number): string | undefined {
  const { rows } = explain({ suspicions: [{ node: n3, atMs: 160, silentMs, timeoutMs: 171 }] });
  return rows.find(({ kind }) => kind === 'suspicion')?.text;
}

test('a silence that is shorter than the timeout is told with the standstill that was the rest of it', (t) => {
  t.is(suspicionAfter(171), 'gives n1 up after 171 ms of silence; its timeout was 171 ms');
  t.is(
    suspicionAfter(75),
    'gives n1 up after 75.0 ms of silence beside a standstill of its own; its timeout was 171 ms',
  );
});

test('without a timeline the figures of the trial have to do; without a trial there is nothing to explain', (t) => {
  const trials = [{ ...plain, timeline: null, refusals: { leaseLive: 2 } }];
  const result: Explainable = { trials, options: { fault: 'crash' } };
  const { verdict, rows } = explainTrial(result, 0);
  t.is(
    verdict,
    'n3 was elected after 161 ms, at campaign 1; refusals leaseLive 2; its timeline was not kept.',
  );
  t.deepEqual(rows, []);
  t.throws(() => explainTrial(result, 1), { instanceOf: RangeError });
});

test('the slowest come first', (t) => {
  const trials = [3, 9, 5].map((electedMs) => ({ ...plain, electedMs }));
  t.deepEqual(slowestTrials(trials, 2), [1, 2]);
});

test('every simulated election is explained: what cost time has a reason, and a timeline stays small', async (t) => {
  const result = await benchSimulatedElections({
    trials: 150,
    linkDelay: { type: 'lognormal', medianMs: 0.4, sigma: 0.6 },
    storeDelay: { type: 'lognormal', medianMs: 0.6, sigma: 0.8 },
    // So little jitter that they collide.
    cluster: { seed: 3, electionJitterMs: 8, rules: { exitNotice: false, rankedSuccessors: false } },
  });
  const explanations = result.trials.map((_, index) => explainTrial(result, index));
  const causes = new Set<FindingRule>([
    'splitVote',
    'outvoted',
    'refusedByLease',
    'timedOut',
    'staleLog',
    'leaderLost',
  ]);
  const unexplained = result.trials.filter(
    ({ phases }, index) =>
      phases.lostRounds > 0 && !explanations[index]?.findings.some(({ rule }) => causes.has(rule)),
  );
  t.deepEqual(unexplained, []);
  t.true(explanations.some(({ findings }) => findings.some(({ rule }) => rule === 'splitVote')));
  const ofOneRound = result.trials.filter(({ rounds }) => rounds === 1);
  t.true(ofOneRound.length > 10);
  for (const { timeline } of ofOneRound) t.true(JSON.stringify(timeline).length < 3000);
  for (const { timeline } of result.trials) t.is(timeline?.heard.length, 4);
});
