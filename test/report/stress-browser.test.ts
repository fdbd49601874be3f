/** The report of a stress run in a real browser, at the width of a desk and of a phone. */
import test from 'ava';
import { stressPage } from '../../src/report/stress-page.js';
import { cellOf, failoverOf, incidentOf, stressResultOf } from '../stress-fixture.js';
import { browserPath, legibility, showReport, type ShownReport } from './browser.js';

const saved = Array.from({ length: 6 }, (_, i) =>
  incidentOf({ atMs: 2000 + 3000 * i, outcome: 'saved', blame: { cause: 'throttled', thread: null } }),
);
const crashes = [500, 1500].map((atMs) =>
  incidentOf({ atMs, outcome: 'failover', blame: { cause: 'injectedCrash', evidence: 'n1 was crashed.' } }),
);
const trace = [15, 60, 22].map((electionTimeoutMs, i) => ({ atMs: 6000 * i, electionTimeoutMs }));
const html = await stressPage(
  stressResultOf(
    [
      cellOf('none', 1, { failovers: [failoverOf(150), failoverOf(170)] }),
      cellOf('quota:50/100+burners:2@nice5', 1, {
        failovers: [failoverOf(160), failoverOf(210)],
        incidents: [...crashes, ...saved, incidentOf({ atMs: 19_000 })],
        timeouts: trace,
      }),
    ],
    {},
    { faults: 'crash-every-1s' },
  ),
);

if (browserPath === null) {
  test('no browser here: the report is looked at as text only', (t) => {
    t.is(html.match(/<figure id="chart-/gu)?.length, 6);
  });
} else {
  const executablePath = browserPath;
  let report: ShownReport;

  test.before(async () => {
    report = await showReport(executablePath, html);
  });

  test.after.always(() => report.close());

  for (const [width, drawing] of [
    [1280, 'wide'],
    [360, 'narrow'],
  ] as const) {
    test.serial(
      `at ${width} pixels every chart has its marks, and nothing hangs over the edge`,
      async (t) => {
        const { page, errors } = await report.open(width);
        t.teardown(() => page.close());
        for (const [kind, count] of [
          ['saved.throttled', 6],
          ['elected.runQueue', 1],
          ['failover.injectedCrash', 2],
        ] as const) {
          const path = page.locator(`#chart-incidents svg.${drawing} .incident.${kind}`);
          t.true(await path.isVisible(), kind);
          t.is(((await path.getAttribute('d')) ?? '').split('M').length - 1, count);
        }
        t.is(await page.locator(`#chart-causes svg.${drawing} [aria-label="rect"] rect`).count(), 2);
        t.is(await page.locator(`#chart-gaps svg.${drawing} [aria-label="dot"] > *`).count(), 4);
        t.is(await page.locator('#chart-failover-1 [aria-label="line"] path').count(), 2);
        t.is(await page.locator('#chart-timeouts-2 [aria-label="line"] path').count(), 1);
        const { scrollWidth, smallestPx, clipped } = await legibility(page, drawing);
        t.is(scrollWidth, width);
        t.true(smallestPx >= 10, `${smallestPx}`);
        t.deepEqual(clipped, []);
        t.deepEqual(errors, []);
      },
    );

    test.serial(`at ${width} pixels an incident is opened by keyboard, and says why`, async (t) => {
      const { page, errors } = await report.open(width);
      t.teardown(() => page.close());
      const strip = page.locator('#chart-incidents .plot-area');
      await strip.focus();
      await page.keyboard.press('End');
      t.is(await strip.getAttribute('aria-valuenow'), '9');
      t.regex(
        (await strip.getAttribute('aria-valuetext')) ?? '',
        /n3 gives n1 up in term 4 → another leader/u,
      );
      t.is(await page.locator('#chart-incidents .open').textContent(), 'Open this incident');
      await page.keyboard.press('Enter');
      const dialog = page.locator('dialog[open]');
      t.regex((await dialog.locator('h2').textContent()) ?? '', /, round 1, at 19\.000 s: n3 gives n1 up/u);
      t.is(await dialog.locator('.verdict').textContent(), incidentOf().blame.evidence);
      t.regex((await dialog.locator('dl').textContent()) ?? '', /cause.*no processor was free/su);
      t.true(page.url().endsWith('#incident-9'));
      await page.keyboard.press('ArrowLeft');
      t.true(page.url().endsWith('#incident-8'));
      t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width);
      await page.keyboard.press('Escape');
      t.is(await dialog.count(), 0);
      t.deepEqual(errors, []);
    });
  }

  test.serial('a click on one of the worst opens it', async (t) => {
    const { page } = await report.open(1280);
    t.teardown(() => page.close());
    await page.locator('button[data-opens="8"]').click();
    t.regex((await page.locator('dialog[open] h2').textContent()) ?? '', /at 19\.000 s/u);
  });
}
