/** The report in a real browser, at the width of a desk and of a phone. */
import test from 'ava';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { electionPage } from '../../src/report/election-page.js';
import { browserPath, legibility, showReport, type ShownReport } from './browser.js';

const result = await benchSimulatedElections({
  trials: 40,
  cluster: { seed: 9, rules: { exitNotice: false } },
});
const marked = result.trials.map((trial, i) =>
  i % 10 === 3 ? { ...trial, marks: ['timerStalled' as const] } : trial,
);
const html = await electionPage({ ...result, trials: marked });

const stripElement = `document.querySelector('#chart-trials .plot-area')`;

if (browserPath === null) {
  test('no browser here: the report is looked at as text only', (t) => {
    t.is(html.match(/<figure id="chart-/gu)?.length, 4);
    const [, drawn = ''] = /class="trials-plain"[^>]* d="([^"]*)"/u.exec(html) ?? [];
    t.is(drawn.match(/M/gu)?.length, 36);
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
        const shown = page.locator(`.plot-area svg.${drawing}`);
        t.is(await shown.count(), 4);
        for (const svg of await shown.all()) t.true(await svg.isVisible());
        t.is(await page.locator(`#chart-elected svg.${drawing} [aria-label="line"] path`).count(), 3);
        t.is(await page.locator(`#chart-phases svg.${drawing} [aria-label="rect"] rect`).count(), 6 * 40);
        for (const [kind, count] of [
          ['plain', 36],
          ['stalled', 4],
        ] as const) {
          // prettier-ignore
          const path = page.locator(`#chart-trials svg.${drawing} .trials-${kind}`);
          t.is(((await path.getAttribute('d')) ?? '').split('M').length - 1, count);
        }
        const { scrollWidth, smallestPx, clipped } = await legibility(page, drawing);
        t.is(scrollWidth, width);
        t.true(smallestPx >= 10, `${smallestPx}`);
        t.deepEqual(clipped, []);
        t.deepEqual(errors, []);
      },
    );

    test.serial(`at ${width} pixels a trial is found and opened by keyboard alone`, async (t) => {
      const { page, errors } = await report.open(width);
      t.teardown(() => page.close());
      const strip = page.locator('#chart-trials .plot-area');
      for (let presses = 0; presses < 10; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(`document.activeElement === ${stripElement}`)) break;
      }
      t.is(await strip.getAttribute('aria-valuenow'), '1');
      t.is(await page.evaluate(`getComputedStyle(${stripElement}).outlineStyle`), 'solid');
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      t.is(await strip.getAttribute('aria-valuenow'), '39');
      t.regex((await strip.getAttribute('aria-valuetext')) ?? '', /^Trial 39 of 40: n\d elected/u);
      await page.keyboard.press('Enter');
      const dialog = page.locator('dialog[open]');
      t.is(await dialog.locator('h2').textContent(), 'Trial 39 of 40');
      t.is(await dialog.locator('.phase-bar').count(), 2);
      t.regex((await dialog.locator('.verdict').textContent()) ?? '', /was elected [\d.]+ ms after/u);
      t.is(await dialog.locator('.lanes .moment.elected').count(), 1);
      t.true((await dialog.locator('.lanes .message.granted').count()) >= 2);
      t.true((await dialog.locator('.steps li').count()) > 10);
      await page.keyboard.press('ArrowRight');
      t.is(await dialog.locator('h2').textContent(), 'Trial 40 of 40');
      t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width);
      await page.keyboard.press('Escape');
      t.is(await dialog.count(), 0);
      t.deepEqual(errors, []);
    });
  }

  test.serial('a click on a trial opens it', async (t) => {
    const { page } = await report.open(1280);
    t.teardown(() => page.close());
    const strip = page.locator('#chart-trials .plot-area');
    await strip.hover();
    const said = (await page.locator('#chart-trials .said').textContent()) ?? '';
    await strip.click();
    const [, number] = /^Trial (\d+) of 40:/u.exec(said) ?? [];
    t.is(await page.locator('dialog[open] h2').textContent(), `Trial ${number} of 40`);
    t.true(page.url().endsWith(`#trial-${number}`));
  });
}
