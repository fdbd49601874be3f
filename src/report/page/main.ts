/** Unpacks the data of the report and makes its charts readable. */
import type { PageData } from './data.js';
import { DetailDialog } from './detail-dialog.js';
import { incidentContent } from './incident-view.js';
import { attachReading, demand } from './reading.js';
import { summaryOf, trialContent } from './trial-view.js';

/** Deflated JSON in base64: 10,000 trials would not fit otherwise. */
async function unpack(text: string): Promise<PageData> {
  const packed = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return (await new Response(stream).json()) as PageData;
}

async function start(): Promise<void> {
  const { charts, trials, incidents } = await unpack(demand(document, '#data').textContent ?? '');
  const isStress = incidents.length > 0;
  const noun = isStress ? 'incident' : 'trial';
  const dialog = isStress
    ? new DetailDialog({ noun, items: incidents, content: incidentContent })
    : new DetailDialog({ noun, items: trials, content: trialContent });
  const describeTrial = (index: number): string => {
    const trial = trials[index];
    return trial === undefined ? '' : summaryOf(trial);
  };
  for (const [name, reading] of Object.entries(charts)) {
    attachReading({
      figure: demand(document, `#chart-${name}`),
      reading,
      noun,
      describe: (point) => reading.texts?.[point] ?? describeTrial(reading.opens?.[point] ?? -1),
      open: (index) => dialog.open(index),
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-opens]')) {
    button.disabled = false;
    button.addEventListener('click', () => dialog.open(Number(button.dataset['opens'])));
  }
  dialog.followHash();
  document.documentElement.dataset['ready'] = 'yes';
}

start().catch((error: unknown) => {
  const note = demand<HTMLElement>(document, '#unreadable');
  note.hidden = false;
  note.append(` (${String(error)})`);
});
