/** The live table of `electorate up`, and what its keys do. */
import { emitKeypressEvents, type Key } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import type { Cluster } from '../cluster/cluster.js';
import { messageOf } from '../errors.js';
import { eventLine } from '../report/event-line.js';
import { statusTable, type NodeView } from '../report/status-table.js';
import { Interrupted } from './interruption.js';

const refreshMs = 200;
const shownEvents = 8;

/** What the view needs of a cluster. */
export type Watched = Pick<
  Cluster,
  | 'nodeIds'
  | 'node'
  | 'propose'
  | 'status'
  | 'subscribe'
  | 'crash'
  | 'hang'
  | 'resume'
  | 'isolate'
  | 'heal'
  | 'restart'
>;

/** `process`, or what stands in for it. */
export interface Terminal {
  readonly stdin: Pick<ReadStream, 'setRawMode' | 'resume' | 'pause'> & NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

interface Verb {
  readonly name: string;
  readonly run: (cluster: Watched, id: string) => Promise<unknown>;
  /** Done to the cluster, not to the selected node. */
  readonly toAll?: true;
}

const verbs: Readonly<Record<string, Verb>> = {
  c: { name: 'crash', run: (cluster, id) => cluster.crash(id) },
  h: { name: 'hang', run: (cluster, id) => cluster.hang(id) },
  r: { name: 'resume', run: (cluster, id) => cluster.resume(id) },
  i: { name: 'isolate', run: (cluster, id) => cluster.isolate(id) },
  e: { name: 'heal', run: (cluster) => cluster.heal(), toAll: true },
  s: { name: 'restart', run: (cluster, id) => cluster.restart(id) },
  p: { name: 'propose', run: (cluster) => cluster.propose({ from: 'up' }), toAll: true },
};

const help = `↑ ↓ select · ${Object.entries(verbs)
  .map(([key, { name }]) => `${key} ${name}`)
  .join(' · ')} · q quit`;

/** Owns the terminal until `q`; rejects when interrupted. Needs both ends to be a terminal. */
export async function showLive(
  cluster: Watched,
  signal: AbortSignal,
  { stdin, stdout }: Terminal = process,
): Promise<void> {
  const screen = createLogUpdate(stdout);
  const quit = new AbortController();
  const end = AbortSignal.any([quit.signal, signal]);
  const lines: string[] = [];
  let selected = 0;

  const note = (line: string): void => {
    lines.push(line);
    lines.splice(0, lines.length - shownEvents);
  };
  const unsubscribe = cluster.subscribe((event) => {
    const line = eventLine(event);
    if (line !== null) note(line);
  });
  const onKey = (_: string | undefined, key: Key): void => {
    const count = cluster.nodeIds.length;
    if (key.name === 'q') quit.abort();
    // A terminal in raw mode sends no signal for it.
    else if (key.ctrl === true && key.name === 'c') quit.abort(new Interrupted('SIGINT'));
    else if (key.name === 'up') selected = (selected + count - 1) % count;
    else if (key.name === 'down') selected = (selected + 1) % count;
    else act(key.name ?? '');
  };
  const act = (key: string): void => {
    const verb = verbs[key];
    const id = cluster.nodeIds[selected];
    if (verb === undefined || id === undefined) return;
    const what = verb.toAll === true ? verb.name : `${verb.name} ${id}`;
    verb.run(cluster, id).then(
      () => note(`you: ${what}: done`),
      (error: unknown) => note(`you: ${what}: ${messageOf(error)}`),
    );
  };

  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', onKey);
  stdin.resume();
  try {
    while (!end.aborted) {
      const views = await viewsOf(cluster);
      screen([statusTable(views, cluster.nodeIds[selected] ?? null), help, '', ...lines].join('\n'));
      await delay(refreshMs, undefined, { signal: end }).catch(() => {});
    }
  } finally {
    stdin.off('keypress', onKey);
    stdin.setRawMode(false);
    stdin.pause();
    unsubscribe();
    screen.done();
  }
  if (end.reason instanceof Interrupted) throw end.reason;
}

/** A node that hangs, or dies meanwhile, is shown without a status of its own. */
async function viewsOf(cluster: Watched): Promise<NodeView[]> {
  const { nodes } = await cluster.status();
  return Promise.all(
    nodes.map(async (supervised) => ({
      supervised,
      status:
        supervised.lifecycle === 'up'
          ? await cluster
              .node(supervised.id)
              .status({ signal: AbortSignal.timeout(refreshMs) })
              .catch(() => null)
          : null,
    })),
  );
}
