import { inflateSync } from 'node:zlib';
import test from 'ava';
import { asNodeId } from '../../src/raft/brands.js';
import { stressCharts, stressPictures } from '../../src/report/stress-charts.js';
import { stressPage } from '../../src/report/stress-page.js';
import type { PageData } from '../../src/report/page/data.js';
import { cellOf, failoverOf, incidentOf, stressResultOf } from '../stress-fixture.js';

const adapted = [15, 90, 30].map((electionTimeoutMs, i) => ({ atMs: 5000 * i, electionTimeoutMs }));

const result = stressResultOf(
  [
    cellOf('none', 1, { failovers: [failoverOf(150), failoverOf(160)] }),
    cellOf('burners:4x', 1, {
      failovers: [failoverOf(155), failoverOf(170)],
      incidents: [incidentOf({ atMs: 9000 }), incidentOf({ atMs: 14_000, outcome: 'saved' })],
      timeouts: adapted,
    }),
    cellOf('stop:400/2000', 1, {
      incidents: [
        incidentOf({ atMs: 3000, outcome: 'termStep', blame: { cause: 'suspended', thread: null } }),
      ],
    }),
    cellOf('none', 2),
    cellOf('burners:4x', 2, { incidents: [incidentOf({ atMs: 1000, blame: { cause: 'unknown' } })] }),
    { contention: 'stop:400/2000', round: 2, outcome: { type: 'failed', reason: 'it was killed' } },
  ],
  {},
  { faults: 'crash-every-1s' },
);

function dataOf(text: string): PageData {
  const [, packed = ''] = /id="data">([^<]*)</u.exec(text) ?? [];
  return JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString()) as PageData;
}

test('a report has its charts, tables, options and machine, and says what is missing', async (t) => {
  const page = await stressPage(result);
  for (const name of ['incidents', 'causes', 'gaps', 'failover-1', 'timeouts-1']) {
    t.true(page.includes(`<figure id="chart-${name}"`), name);
  }
  t.regex(page, /<h1>Stress: 3 contentions, 2 rounds of 20 s each<\/h1>/u);
  t.true(page.includes('<p>stop:400/2000: failed 1×: it was killed</p>'));
  t.true(/<dt>seed<\/dt>\s*<dd>42<\/dd>/u.test(page));
  t.true(/<dt>cpu<\/dt>\s*<dd>Engine<\/dd>/u.test(page));
  const own = page.replaceAll('http://www.w3.org/', '');
  t.deepEqual(own.match(/https?:|<link|\ssrc=|@import|^import |^export /gmu), null);
});

test('every incident can be opened, and every mark leads to the one it stands for', async (t) => {
  const { charts, incidents, trials } = dataOf(await stressPage(result));
  t.deepEqual(trials, []);
  t.deepEqual(
    incidents.map(({ name }) => name.split(': ')[0]),
    [
      'burners:4x, round 1, at 9.000 s',
      'burners:4x, round 1, at 14.000 s',
      'burners:4x, round 2, at 1.000 s',
      'stop:400/2000, round 1, at 3.000 s',
    ],
  );
  t.is(incidents[0]?.sentence, incidentOf().blame.evidence);
  t.deepEqual(charts['incidents']?.opens, [0, 1, 2, 3]);
  t.deepEqual(charts['incidents']?.x, [9, 14, 1, 3]);
  t.deepEqual(
    charts['incidents']?.texts?.map((text) => text.split(' → ')[1]),
    [
      'another leader: no processor was free',
      'saved by pre-vote: no processor was free',
      'another leader: unknown',
      'a term, no other leader: the process was suspended',
    ],
  );
});

test('the buttons of the worst incidents lead to them', async (t) => {
  const page = await stressPage(result);
  const numbers = [...page.matchAll(/<button data-opens="(\d)" disabled>Incident (\d)</gu)];
  t.deepEqual(
    numbers.map(([, place, name]) => [Number(place), Number(name)]),
    [0, 2, 3, 1].map((place) => [place, place + 1]),
  );
});

test('without colours the marks still tell outcomes and causes apart', (t) => {
  const { svg } = stressCharts(result).incidents.wide;
  const shapeOf = (outcome: string): string =>
    new RegExp(`d="M[\\d.]+ [\\d.]+(m[^"M]+)[^>]*class="incident ${outcome} `, 'u').exec(svg)?.[1] ??
    new RegExp(`class="incident ${outcome} [^>]*d="M[\\d.]+ [\\d.]+(m[^"M]+)`, 'u').exec(svg)?.[1] ??
    '';
  const shapes = ['elected', 'termStep', 'saved'].map(shapeOf);
  t.false(shapes.includes(''), svg.slice(0, 2000));
  t.is(new Set(shapes).size, 3);
  for (const letter of ['P', 'S', '?']) t.true(svg.includes(`>${letter}</text>`), letter);
});

test('the bars of causes add up to the incidents that no crash explains', (t) => {
  const crash = incidentOf({ outcome: 'failover', blame: { cause: 'injectedCrash' } });
  const { causes } = stressCharts(
    stressResultOf([
      cellOf('burners:4x', 1, {
        incidents: [crash, incidentOf(), incidentOf(), incidentOf({ blame: { cause: 'flush' } })],
      }),
    ]),
  );
  t.deepEqual(causes?.reading.texts, [
    'burners:4x: no processor was free, 2 of 3 incidents',
    'burners:4x: a flush took long, 1 of 3 incidents',
  ]);
  t.deepEqual(causes?.reading.x, [1, 2.5]);
});

test('what there is nothing to draw of is left out, and a quiet run says so', async (t) => {
  const quiet = stressResultOf([cellOf('none', 1), cellOf('burners:4x', 1)]);
  const { causes, failovers, timeouts } = stressCharts(quiet);
  t.deepEqual([causes, failovers, timeouts], [null, [], []]);
  const page = await stressPage(quiet);
  t.is(page.match(/<figure id="chart-/gu)?.length, 2);
  t.true(page.includes('Nobody gave a leader up.'));
  t.is(page.match(/>nobody gave a leader up</gu)?.length, 4, 'both strips, in both widths');
});

test('the strips are as long as the longest cell', (t) => {
  const late = stressResultOf([
    cellOf('none', 1),
    cellOf('burners:4x', 1, { durationMs: 21_500, incidents: [incidentOf({ atMs: 21_200 })] }),
  ]);
  t.deepEqual(stressCharts(late).incidents.wide.x.domain, [0, 21.5]);
});

test('pictures have the names of the charts; those that are compared are on one sheet', (t) => {
  t.deepEqual([...stressPictures(result).keys()], ['incidents', 'causes', 'gaps', 'failovers', 'timeouts']);
});

test('names out of a result cannot become markup', async (t) => {
  const evil = '</script><img src=x onerror=alert(1)>';
  const text = await stressPage(
    stressResultOf([
      cellOf(evil, 1, { incidents: [incidentOf({ node: asNodeId(evil), blame: { evidence: evil } })] }),
    ]),
  );
  t.false(text.includes('<img'));
  t.is(dataOf(text).incidents[0]?.sentence, evil);
});
