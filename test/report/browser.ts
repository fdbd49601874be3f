/** A real browser for reports, where there is one. */
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

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

/** Offline, and ready; `errors` is everything that the page complains about. */
export async function openReport(
  browser: Browser,
  file: string,
  width: number,
): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
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
