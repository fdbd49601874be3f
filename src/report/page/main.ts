/** Unpacks the data of the report and makes its charts readable. */
import type { PageData } from './data.js';
import { attachReading, demand } from './reading.js';
import { summaryOf, TrialDialog } from './trial-view.js';

/** Deflated JSON in base64: 10,000 trials would not fit otherwise. */
async function unpack(text: string): Promise<PageData> {
  const packed = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return (await new Response(stream).json()) as PageData;
}

async function start(): Promise<void> {
  const { charts, trials } = await unpack(demand(document, '#data').textContent ?? '');
  const dialog = new TrialDialog(trials);
  const describeTrial = (index: number): string => {
    const trial = trials[index];
    return trial === undefined ? '' : summaryOf(trial);
  };
  for (const [name, reading] of Object.entries(charts)) {
    attachReading({
      figure: demand(document, `#chart-${name}`),
      reading,
      describe: (point) => reading.texts?.[point] ?? describeTrial(reading.trials?.[point] ?? -1),
      open: (trial) => dialog.open(trial),
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-trial]')) {
    button.disabled = false;
    button.addEventListener('click', () => dialog.open(Number(button.dataset['trial'])));
  }
  const openNamed = (): void => {
    const [, number] = /^#trial-(\d+)$/u.exec(location.hash) ?? [];
    if (number !== undefined) dialog.open(Number(number) - 1);
  };
  window.addEventListener('hashchange', openNamed);
  openNamed();
  document.documentElement.dataset['ready'] = 'yes';
}

start().catch((error: unknown) => {
  const note = demand<HTMLElement>(document, '#unreadable');
  note.hidden = false;
  note.append(` (${String(error)})`);
});
