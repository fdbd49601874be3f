/** A real browser for reports, where there is one. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Null where there is none: what is seen here is seen in CI, which installs one. */
export const browserPath: string | null = findBrowser();

function findBrowser(): string | null {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      continue;
    }
  }
  return null;
}

/** A report in a browser of its own. */
export interface ShownReport {
  /** In a window of this width: offline, and ready. `errors` is everything that the page complains about. */
  open(width: number): Promise<{ readonly page: Page; readonly errors: readonly string[] }>;
  /** Ends the browser, and leaves no file. */
  close(): Promise<void>;
}

/** @param executablePath the browser's */
export async function showReport(executablePath: string, html: string): Promise<ShownReport> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const folder = await mkdtemp(join(tmpdir(), 'electorate-browser-'));
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  return {
    open: (width) => openFile(browser, file, width),
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openFile(browser: Browser, file: string, width: number): ReturnType<ShownReport['open']> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, offline: true });
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => errors.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html[data-ready]');
  return { page, errors };
}

/** What nobody could read: the width of the whole page, its smallest letters, and the texts that hang over the edge. */
export async function legibility(
  page: Page,
  drawing: 'wide' | 'narrow',
): Promise<{
  readonly scrollWidth: number;
  readonly smallestPx: number;
  readonly clipped: readonly string[];
}> {
  // As expressions: the program knows no DOM.
  const texts = `[...document.querySelectorAll('svg.${drawing} text')]`;
  const scrollWidth = await page.evaluate('document.documentElement.scrollWidth');
  const smallestPx = await page.evaluate(
    `Math.min(...${texts}.map((text) => text.getBoundingClientRect().height))`,
  );
  const clipped = await page.evaluate(`${texts}
    .filter((text) => { const { left, right } = text.getBoundingClientRect(); return left < 0 || right > innerWidth; })
    .map((text) => text.textContent)`);
  return { scrollWidth: Number(scrollWidth), smallestPx: Number(smallestPx), clipped: clipped as string[] };
}
