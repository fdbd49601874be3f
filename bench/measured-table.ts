/** The few figures that the README shows, picked from what the benches print. Pure. */

interface Picked {
  readonly what: string;
  /** The first words of the bench, of the line over the aim where there are several alike, and of the aim itself. */
  readonly bench: string;
  readonly under?: string;
  readonly aim: string;
}

const elections = 'Crash → elected: five nodes, disk store';
const ranked = { bench: elections, under: 'ranked successors, T = 150' };
const short = { bench: elections, under: 'ranked successors, T = 12' };
const noticed = { bench: elections, under: 'exit notice on' };

const picked: readonly Picked[] = [
  {
    what: 'crash → elected, T = 150, trials without a stall of the machine: median',
    ...ranked,
    aim: 'median',
  },
  { what: 'p99', ...ranked, aim: '99th percentile' },
  { what: 'crash → elected, T = 12, without a stall: mean', ...short, aim: 'mean' },
  { what: 'p99', ...short, aim: '99th percentile' },
  { what: 'with an exit notice, without a stall: median', ...noticed, aim: 'median' },
  { what: 'p99', ...noticed, aim: '99th percentile' },
  { what: 'drawn timeouts, mean against the ideal', bench: elections, aim: 'distance of the mean' },
  { what: 'pre-vote and vote, memory store', bench: 'Suspicion → elected', aim: 'memory store, p50:' },
  { what: 'pre-vote and vote, disk store', bench: 'Suspicion → elected', aim: 'disk store, p50:' },
  { what: 'election timer, late by', bench: 'Election timers', aim: 'median lateness' },
  { what: '`Cluster.start()` → a leader', bench: 'Cluster.start()', aim: 'median start' },
  { what: 'an idle cluster, of a core', bench: 'Processor time of an idle', aim: 'median share' },
  { what: 'memory', bench: 'Resident memory', aim: 'slope' },
  { what: 'steps of the core', bench: 'Steps of the core', aim: 'steps per second' },
  { what: 'simulated elections', bench: 'Simulated elections', aim: 'elections a second:' },
  { what: 'threads against the simulation, KS', bench: 'Crash → elected on threads', aim: 'Kolmogorov' },
];

/**
 * Markdown: what, the figure, its aim, and whether it was reached.
 * @throws Error where a bench no longer prints one of them
 */
export function measuredTable(benches: string): string {
  const lines = benches.split('\n');
  const machine = lines.find((line) => line.startsWith('Node '))?.replace(/, load .*$/u, '') ?? '';
  const rows = picked.map((row) => {
    const [, outcome = '', figure = '', aim = ''] =
      /^(reached|MISSED) .*: (.+?) +\(aim (.+)\)$/u.exec(findAim(lines, row)) ?? [];
    return `| ${row.what} | ${figure} | ${aim} | ${outcome === 'reached' ? 'yes' : 'no'} |`;
  });
  return [`| ${machine} | measured | aim | reached |`, '| --- | ---: | ---: | --- |', ...rows].join('\n');
}

function findAim(lines: readonly string[], { bench, under, aim }: Picked): string {
  const from = lines.findIndex(
    (line, at) => line.startsWith(bench) && lines[at + 1]?.startsWith('Node ') === true,
  );
  const to = lines.findIndex((line, at) => at > from + 1 && line.startsWith('Node '));
  let over = '';
  for (const line of lines.slice(from + 1, to === -1 ? undefined : to)) {
    const [, what] = /^(?:reached|MISSED) +(.*)$/u.exec(line) ?? [];
    // What is indented goes on about the same.
    if (what === undefined) over = line.startsWith(' ') ? over : line;
    else if (what.startsWith(aim) && (under === undefined || over.startsWith(under))) return line;
  }
  throw new Error(
    `No bench '${bench}' prints an aim '${aim}'${under === undefined ? '' : ` under '${under}'`}`,
  );
}
