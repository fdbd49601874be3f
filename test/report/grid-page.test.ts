import { inflateSync } from 'node:zlib';
import test from 'ava';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { gridPage, gridPictures } from '../../src/report/grid-page.js';
import type { PageData } from '../../src/report/page/data.js';

const results = await Promise.all(
  (['standard', 'vanilla'] as const).flatMap((profile) =>
    [3, 5].map((nodes) => benchSimulatedElections({ trials: 6, cluster: { nodes, profile, seed: 1 } })),
  ),
);
const page = await gridPage(results);

test('cells are named by what tells them apart, and by nothing that follows from it', (t) => {
  const titles = [...page.matchAll(/<h3>(.*?)<\/h3>/gu)].map(([, title]) => title);
  t.deepEqual(titles, [
    'nodes 3, profile standard',
    'nodes 5, profile standard',
    'nodes 3, profile vanilla',
    'nodes 5, profile vanilla',
  ]);
});

test('every point and button of a grid leads to the trial of its own cell', (t) => {
  const [, packed = ''] = /id="data">([^<]*)</u.exec(page) ?? [];
  const { charts, trials } = JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString()) as PageData;
  t.is(trials.length, 24);
  t.is(trials[6]?.name, 'nodes 5, profile standard: Trial 1');
  for (const [cell, result] of results.entries()) {
    const { x = [], opens: places = [] } = charts[`cell-${cell + 1}`] ?? {};
    t.is(places.length, 6);
    for (const [i, place] of places.entries()) {
      t.true(Math.abs((result.trials[place - cell * 6]?.electedMs ?? 0) - (x[i] ?? 0)) < 0.006);
    }
  }
  t.is(page.match(/<button data-opens=/gu)?.length, 12);
});

test('the charts of a grid share their axis, and are pictures of their own', (t) => {
  const axes = [...page.matchAll(/<figure id="chart-cell-.*?data-x="([^"]+)"/gsu)].map(([, axis]) => axis);
  t.is(axes.length, 4);
  t.is(new Set(axes).size, 1);
  t.deepEqual([...gridPictures(results).keys()], ['overview', 'cell-1', 'cell-2', 'cell-3', 'cell-4']);
});

test('with clients a grid shows their outage to its end, on an axis that the whole of it fits on', async (t) => {
  const served = await Promise.all(
    (['hang', 'isolate'] as const).map((fault) =>
      benchSimulatedElections({
        trials: 6,
        fault,
        clients: 1,
        clientIntervalMs: 100,
        cluster: { seed: 1, rules: { exitNotice: false } },
      }),
    ),
  );
  const html = await gridPage(served);
  // `linear 0 100 52 860`: type, domain, range.
  const [, axis = ''] = /<figure id="chart-cell-1".*?data-x="([^"]+)"/su.exec(html) ?? [];
  const lastMs = Number(axis.split(' ')[2]);
  const longestMs = Math.max(...served.flatMap(({ trials }) => trials.map(({ outageMs }) => outageMs ?? 0)));
  t.true(lastMs >= longestMs, `${lastMs} against ${longestMs}`);
  t.regex(html, /outage p50/u);
  t.regex(html, /ms from the fault to election/u, 'which is not the same in both');
});
