import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import test from 'ava';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { electionPictures } from '../../src/report/election-charts.js';
import { electionPage } from '../../src/report/election-page.js';
import type { PageData } from '../../src/report/page/data.js';

const result = await benchSimulatedElections({
  trials: 30,
  cluster: { seed: 3, rules: { exitNotice: false } },
});
const page = await electionPage(result);

function dataOf(text: string): PageData {
  const [, packed = ''] = /id="data">([^<]*)</u.exec(text) ?? [];
  return JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString()) as PageData;
}

test('a report has its charts in two widths, its tables, options and machine', (t) => {
  for (const name of ['elected', 'trials', 'phases', 'after-detection']) {
    const [, figure = ''] = new RegExp(`<figure id="chart-${name}"(.*?)</figure>`, 'su').exec(page) ?? [];
    t.is(
      figure.match(/<svg aria-hidden="true" data-x="linear [^"]+" data-y="linear [^"]+"/gu)?.length,
      2,
      name,
    );
    t.regex(figure, /role="img" aria-label="[^"]{20,}"/u);
  }
  t.true(page.includes('crash → elected</th>'));
  t.true(/<dt>seed<\/dt>\s*<dd>3<\/dd>/u.test(page));
  t.true(page.includes(`<dd>${process.version}</dd>`));
  t.is(page.match(/<button data-opens=/gu)?.length, 10);
});

test('it needs nothing from anywhere', (t) => {
  const own = page.replaceAll('http://www.w3.org/', '');
  t.deepEqual(own.match(/https?:|<link|\ssrc=|@import|^import |^export /gmu), null);
});

test('every trial can be opened, and every point leads to the trial it stands for', (t) => {
  const { charts, trials } = dataOf(page);
  t.is(trials.length, 30);
  const { elected, trials: strip } = charts;
  t.deepEqual(strip?.opens, [...result.trials.keys()]);
  for (const [i, index] of (elected?.opens ?? []).entries()) {
    t.true(Math.abs((elected?.x[i] ?? 0) - (result.trials[index]?.electedMs ?? 0)) < 0.006);
  }
  for (const [i, { phases, winner }] of trials.entries()) {
    const readyMs = phases.reduce((sum, ms) => sum + ms, 0);
    t.true(Math.abs(readyMs - (result.trials[i]?.readyMs ?? 0)) < 0.004);
    t.is(winner, result.trials[i]?.winner as string);
  }
});

test('names out of a result cannot become markup', async (t) => {
  const evil = '</script><img src=x onerror=alert(1)>';
  const [first, ...others] = result.trials;
  if (first === undefined) return t.fail();
  const trial = { ...first, winner: evil as typeof first.winner, electedMs: 999 };
  const machine = { ...result.machine, cpu: evil };
  const options = { ...result.options, cluster: { ...result.options.cluster, dataDir: evil } };
  const text = await electionPage({ ...result, machine, options, trials: [trial, ...others] });
  t.false(text.includes('<img'));
  t.true(text.includes('&lt;img'));
  t.is(dataOf(text).trials[0]?.winner, evil);
});

test('pictures have the names of the charts', (t) => {
  t.deepEqual([...electionPictures(result).keys()], ['elected', 'trials', 'phases', 'after-detection']);
});

test('what embeds the library does not load what draws', async (t) => {
  const index = fileURLToPath(new URL('../../src/index.js', import.meta.url));
  const loader = `export async function resolve(name, context, next) {
    if (/plot|linkedom|playwright/.test(name)) throw new Error('loaded ' + name);
    return next(name, context);
  }`;
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(loader))});`;
  await t.notThrowsAsync(
    promisify(execFile)(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(register)}`,
      '--input-type=module',
      '--eval',
      `await import(${JSON.stringify(index)})`,
    ]),
  );
});
