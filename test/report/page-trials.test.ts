import test from 'ava';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { mostTold, pageTrials, toldTrials } from '../../src/report/page-trials.js';

const result = await benchSimulatedElections({
  trials: 20,
  linkDelay: { type: 'fixed', ms: 1 },
  cluster: { seed: 5, rules: { exitNotice: false } },
});
const pages = pageTrials(result);

test('the lanes of a trial show every survivor, and who asked and answered whom when', (t) => {
  for (const [i, { story, winner, crashed }] of pages.entries()) {
    if (story === null) return t.fail(`trial ${i + 1} has no story`);
    const { nodes, moments, messages, writes, fromMs, toMs } = story.lanes;
    t.is(nodes.length, 4);
    t.false(nodes.includes(`${crashed}`));
    const elected = moments.find(([, , kind]) => kind === 'elected');
    t.is(nodes[elected?.[0] ?? -1], winner);
    t.true(Math.abs((elected?.[1] ?? 0) - (result.trials[i]?.electedMs ?? 0)) < 0.002);
    const granted = messages.filter(([, , to, , kind]) => kind === 'granted' && nodes[to] === winner);
    t.true(granted.length >= 2, 'a quorum of five is three, itself among them');
    for (const [from, sentMs, to, arrivedMs] of messages) {
      t.not(from, to);
      t.true(Math.abs(arrivedMs - sentMs - 1) < 0.01, 'each takes its millisecond');
    }
    for (const [node, start, end] of writes) {
      t.true(node >= 0 && fromMs <= start && start <= end && end <= toMs);
    }
  }
});

test('a trial is told in the words of its explanation', (t) => {
  const [first] = pages;
  t.regex(first?.story?.verdict ?? '', /suspected n1 after \d+/u);
  t.true((first?.story?.rows ?? []).some(([, node, text]) => node === 'n1' && text.includes('crash')));
});

test('a trial without a timeline has no story', (t) => {
  const trials = result.trials.map((trial, i) => (i === 3 ? { ...trial, timeline: null } : trial));
  t.is(pageTrials({ ...result, trials })[3]?.story, null);
});

test('of very many trials the slowest are told, and some of all', (t) => {
  const [trial] = result.trials;
  if (trial === undefined) return t.fail();
  const trials = Array.from({ length: 10_000 }, (_, i) => ({ ...trial, electedMs: (i * 7919) % 10_000 }));
  const told = toldTrials(trials);
  t.true(told.size <= mostTold && told.size > mostTold * 0.9);
  for (const [i, { electedMs }] of trials.entries()) if (electedMs >= 9700) t.true(told.has(i));
  t.true([...told].filter((i) => i < 1000).length > 30);
});
