import * as fc from 'fast-check';
import test from 'ava';
import type { Exertion, NodeChoice } from '../../src/contention/contention.js';
import { contentionText, parseContention, parseContentions } from '../../src/contention/parse-contention.js';
import { asNodeId, type NodeId } from '../../src/raft/brands.js';

const cores = 2;
const ids = (...names: string[]): NodeId[] => names.map(asNodeId);

/** What a word means on two processors. */
const meanings: readonly (readonly [string, readonly Exertion[]])[] = [
  ['none', []],
  ['burners:4', [{ kind: 'burners', count: 4, nice: 0 }]],
  ['burners:2x', [{ kind: 'burners', count: 4, nice: 0 }]],
  ['burners:0.25x', [{ kind: 'burners', count: 1, nice: 0 }]],
  ['burners:1@nice-5', [{ kind: 'burners', count: 1, nice: -5 }]],
  ['processes:2x@nice19', [{ kind: 'processes', count: 4, nice: 19 }]],
  ['hog:100/500@leader', [{ kind: 'hog', forMs: 100, everyMs: 500, random: false, nodes: 'leader' }]],
  ['hog:0.5/~2@n2:n3', [{ kind: 'hog', forMs: 0.5, everyMs: 2, random: true, nodes: ids('n2', 'n3') }]],
  ['quota:50', [{ kind: 'quota', percent: 50, periodMs: 100 }]],
  ['quota:200/10', [{ kind: 'quota', percent: 200, periodMs: 10 }]],
  ['stop:400/~2000', [{ kind: 'stop', forMs: 400, everyMs: 2000, random: true }]],
  ['memory:200', [{ kind: 'memory', megabytesPerSecond: 200, nodes: 'all' }]],
  ['memory:50@follower', [{ kind: 'memory', megabytesPerSecond: 50, nodes: 'follower' }]],
  ['main:3000/5000', [{ kind: 'main', forMs: 3000, everyMs: 5000, random: false }]],
  ['flood:0.5x', [{ kind: 'flood', fill: 0.5 }]],
  ['disk:20@leader', [{ kind: 'disk', delayMs: 20, nodes: 'leader' }]],
  ['disk:200/1000', [{ kind: 'diskStall', forMs: 200, everyMs: 1000, random: false, nodes: 'all' }]],
  [
    'quota:50+burners:2 + burners:1@nice5',
    [
      { kind: 'quota', percent: 50, periodMs: 100 },
      { kind: 'burners', count: 2, nice: 0 },
      { kind: 'burners', count: 1, nice: 5 },
    ],
  ],
  [
    'disk:5+disk:100/500',
    [
      { kind: 'disk', delayMs: 5, nodes: 'all' },
      { kind: 'diskStall', forMs: 100, everyMs: 500, random: false, nodes: 'all' },
    ],
  ],
  [
    'hog:10/100@leader+hog:40/100@follower',
    [
      { kind: 'hog', forMs: 10, everyMs: 100, random: false, nodes: 'leader' },
      { kind: 'hog', forMs: 40, everyMs: 100, random: false, nodes: 'follower' },
    ],
  ],
];

for (const [text, exertions] of meanings) {
  test(`\`${text}\` means what it says, and is named as it was written`, (t) => {
    t.deepEqual(parseContention(text, cores), { text, exertions });
  });
}

/** What is refused, and a part of the rule that is given for it. */
const refusals: readonly (readonly [string, RegExp])[] = [
  ['', /kind \(burners, processes, hog, quota, stop, memory, main, flood, disk\)/],
  ['burner:4', /kind \(burners, .*got 'burner:4'/],
  ['toString:4', /kind/],
  ['diskStall:1/2', /kind/],
  ['none+burners:1', /kind/],
  ['burners:2+', /kind/],
  ['burners', /of 1 to 1024/],
  ['burners:0', /of 1 to 1024/],
  ['burners:-1', /of 1 to 1024/],
  ['burners:1.5', /of 1 to 1024/],
  ['burners:0x', /of 1 to 1024/],
  ['burners:513x', /of 1 to 1024/],
  ['burners:1e1', /of 1 to 1024/],
  ['burners:1@nice20', /nice-20 \(first\) to @nice19/],
  ['processes:1@nice-21', /nice-20/],
  ['processes:1@leader', /nice-20/],
  ['hog:100/500', /say where: @leader/],
  ['hog:100@leader', /for how many ms out of how many/],
  ['hog:500/500@leader', /for how many ms/],
  ['hog:0/500@leader', /for how many ms/],
  ['hog:1/2/3@leader', /for how many ms/],
  ['hog:1/~~2@leader', /for how many ms/],
  ['hog:1/2@', /different nodes/],
  ['hog:1/2@n1:n1', /different nodes/],
  ['hog:1/2@../n1', /different nodes/],
  ['hog:1/2@leader+hog:2/4@n1', /`hog` once in the same place/],
  ['hog:1/2@n1:n2+hog:2/4@n2', /`hog` once/],
  ['quota:0.5', /from 1 to 200 per cent/],
  ['quota:201', /from 1 to 200 per cent/],
  ['quota:50/100/3', /from 1 to 200/],
  ['quota:50/0.5', /1 to 1000 ms/],
  ['quota:50/2000', /1 to 1000 ms/],
  ['quota:5/10', /at least 1 ms of each period/],
  ['quota:50@n1', /whole process/],
  ['quota:50+quota:20', /`quota` once/],
  ['stop:2000/400', /for how many ms/],
  ['stop:1/2@all', /whole process/],
  ['stop:1/2+stop:2/4', /`stop` once/],
  ['stop:1/60001', /for how many ms out of how many \(up to 60000\)/],
  ['memory:0', /above 0 and up to 1000 MB a second/],
  ['memory:1+memory:2@leader', /`memory` once/],
  ['main:1/2+main:1/2', /`main` once/],
  ['main:1/2@leader', /whole process/],
  ['flood:1', /multiple of the mailbox's bound/],
  ['flood:0x', /multiple/],
  ['flood:11x', /multiple/],
  ['flood:1x@n1', /whole process/],
  ['flood:1x+flood:2x', /`flood` once/],
  ['disk:0', /above 0 and up to 2147483647 ms/],
  ['disk:20/20', /for how many ms/],
  ['disk:20+disk:5@n1', /`disk` once/],
  ['burners:2+burners:3', /`burners` once/],
];

for (const [text, rule] of refusals) {
  test(`\`${text}\` is refused, with the rule it breaks`, (t) => {
    const error = t.throws(() => parseContention(text, cores), { code: 'invalidOption' });
    t.regex(error?.message ?? '', rule);
    t.regex(error?.message ?? '', /^Expected `contention` to /);
  });
}

test('commas separate contentions, and each comes once, however it is written', (t) => {
  const texts = parseContentions('none, burners:4x,quota:50+burners:2', cores).map(({ text }) => text);
  t.deepEqual(texts, ['none', 'burners:4x', 'quota:50+burners:2']);
  t.throws(() => parseContentions('burners:2x,burners:4', cores), { message: /not `burners:4` twice/ });
  t.throws(() => parseContentions('burners:4,', cores), { message: /kind/ });
});

test('what is written for a contention is read as the same, whatever it is made of', (t) => {
  const amount = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(0.5, 2.25, 150.125));
  const nodes: fc.Arbitrary<NodeChoice> = fc.oneof(
    fc.constantFrom<NodeChoice>('leader', 'follower', 'all'),
    fc.uniqueArray(fc.constantFrom(...ids('n1', 'n2', 'node-3', 'x_4')), { minLength: 1 }),
  );
  const count = fc.integer({ min: 1, max: 256 });
  const nice = fc.integer({ min: -20, max: 19 });
  const rhythm = fc
    .tuple(amount, amount, fc.boolean())
    .map(([forMs, more, random]) => ({ forMs, everyMs: forMs + more, random }));
  const exertion: fc.Arbitrary<Exertion> = fc.oneof(
    fc.record({ kind: fc.constantFrom('burners' as const, 'processes' as const), count, nice }),
    fc.tuple(rhythm, nodes).map(([beat, where]) => ({ kind: 'hog' as const, ...beat, nodes: where })),
    fc.record({
      kind: fc.constant('quota' as const),
      percent: fc.integer({ min: 10, max: 200 }),
      periodMs: fc.integer({ min: 10, max: 1000 }),
    }),
    rhythm.map((beat) => ({ kind: 'stop' as const, ...beat })),
    fc.record({ kind: fc.constant('memory' as const), megabytesPerSecond: amount, nodes }),
    rhythm.map((beat) => ({ kind: 'main' as const, ...beat })),
    fc.record({ kind: fc.constant('flood' as const), fill: fc.constantFrom(0.125, 1, 10) }),
    fc.record({ kind: fc.constant('disk' as const), delayMs: amount, nodes }),
    fc.tuple(rhythm, nodes).map(([beat, where]) => ({ kind: 'diskStall' as const, ...beat, nodes: where })),
  );
  const exertions = fc.uniqueArray(exertion, { selector: ({ kind }) => kind });
  fc.assert(
    fc.property(exertions, (made) => {
      const text = contentionText({ exertions: made });
      t.deepEqual(parseContention(text, cores), { text, exertions: made });
    }),
  );
});
