/** What one direction of a link decides: shares and delays as the policy says, the same for the same seed. */
import test from 'ava';
import { decideFates, perfectLink, resolveLinkPolicy, type LinkPolicy } from '../../src/cluster/link.js';
import { createRandom } from '../../src/raft/random.js';

const sampleSize = 20_000;

function sample(policy: LinkPolicy, seed = 1): ReturnType<typeof decideFates>[] {
  const resolved = resolveLinkPolicy(policy);
  const random = createRandom(seed);
  return Array.from({ length: sampleSize }, () => decideFates(resolved, random));
}

function delaysOf(policy: LinkPolicy): number[] {
  return sample(policy).flatMap((fates) => fates.map(({ delayMs }) => delayMs));
}

function share(fates: readonly unknown[]): number {
  return fates.length / sampleSize;
}

test('a perfect link delivers once, at once, in order, and draws nothing', (t) => {
  const random = createRandom(1);
  t.deepEqual(decideFates(perfectLink, random), [{ delayMs: 0, reordered: false }]);
  t.deepEqual(decideFates(resolveLinkPolicy({}), random), [{ delayMs: 0, reordered: false }]);
  t.deepEqual(random, createRandom(1));
});

test('the same seed decides the same, another one differently', (t) => {
  const policy: LinkPolicy = {
    loss: 0.1,
    duplication: 0.2,
    reordering: { share: 0.3, withinMs: 5 },
    delay: { type: 'uniform', minMs: 1, maxMs: 2 },
  };
  t.deepEqual(sample(policy, 7), sample(policy, 7));
  t.notDeepEqual(sample(policy, 7), sample(policy, 8));
});

test('loss: that share of messages never arrives', (t) => {
  const lost = sample({ loss: 0.2 }).filter((fates) => fates.length === 0);
  t.true(Math.abs(share(lost) - 0.2) < 0.01);
  t.is(sample({ loss: 1 }).flat().length, 0);
});

test('duplication: that share arrives twice, each copy with a delay of its own', (t) => {
  const policy: LinkPolicy = { duplication: 0.3, delay: { type: 'uniform', minMs: 0, maxMs: 10 } };
  const twice = sample(policy).filter((fates) => fates.length === 2);
  t.true(Math.abs(share(twice) - 0.3) < 0.01);
  t.true(twice.every(([first, second]) => first?.delayMs !== second?.delayMs));
});

test('reordering: that share is held back for longer, within the bound', (t) => {
  const fates = sample({
    delay: { type: 'fixed', ms: 4 },
    reordering: { share: 0.25, withinMs: 3 },
  }).flat();
  const held = fates.filter(({ reordered }) => reordered);
  t.true(Math.abs(share(held) - 0.25) < 0.01);
  t.true(held.every(({ delayMs }) => delayMs > 4 && delayMs < 7));
  t.true(fates.every(({ reordered, delayMs }) => reordered || delayMs === 4));
});

test('delay: fixed, uniform and lognormal are what their names say', (t) => {
  t.true(delaysOf({ delay: { type: 'fixed', ms: 2.5 } }).every((ms) => ms === 2.5));

  const uniform = delaysOf({ delay: { type: 'uniform', minMs: 30, maxMs: 40 } });
  t.true(Math.abs(mean(uniform) - 35) < 0.1);
  t.true(uniform.every((ms) => ms >= 30 && ms < 40));
  t.true(Math.min(...uniform) < 30.1 && Math.max(...uniform) > 39.9);

  const logarithms = delaysOf({ delay: { type: 'lognormal', medianMs: 10, sigma: 0.5 } }).map(Math.log);
  const centre = mean(logarithms);
  t.true(Math.abs(centre - Math.log(10)) < 0.02);
  t.true(Math.abs(Math.sqrt(mean(logarithms.map((x) => (x - centre) ** 2))) - 0.5) < 0.02);
});

const refused: readonly [option: string, policy: unknown][] = [
  ['policy', null],
  ['policy.lost', { lost: 0.1 }],
  ['policy.cut', { cut: 1 }],
  ['policy.loss', { loss: 1.1 }],
  ['policy.loss', { loss: Number.NaN }],
  ['policy.duplication', { duplication: -0.1 }],
  ['policy.entriesLost', { entriesLost: 1 }],
  ['policy.reordering', { reordering: 0.1 }],
  ['policy.reordering.share', { reordering: { share: 2, withinMs: 1 } }],
  ['policy.reordering.withinMs', { reordering: { share: 0.5 } }],
  ['policy.delay', { delay: { type: 'normal' } }],
  ['policy.delay', { delay: 5 }],
  ['policy.delay', { delay: null }],
  ['policy.delay.ms', { delay: { type: 'fixed', ms: Number.POSITIVE_INFINITY } }],
  ['policy.delay.minMs', { delay: { type: 'fixed', ms: 1, minMs: 1 } }],
  ['policy.delay.maxMs', { delay: { type: 'uniform', minMs: 2, maxMs: 1 } }],
  ['policy.delay.sigma', { delay: { type: 'lognormal', medianMs: 1, sigma: -1 } }],
];

for (const [option, policy] of refused) {
  test(`refused: ${option} of ${JSON.stringify(policy)}`, (t) => {
    t.throws(() => resolveLinkPolicy(policy as LinkPolicy), {
      code: 'invalidOption',
      message: new RegExp(`^Expected \`${option}\` `, 'u'),
    });
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
