import { PassThrough } from 'node:stream';
import test from 'ava';
import { Interrupted } from '../../src/cli/interruption.js';
import { showLive, type Terminal, type Watched } from '../../src/cli/live-view.js';
import type { ClusterEvent } from '../../src/cluster/events.js';
import { asNodeId } from '../../src/raft/brands.js';

const nodeIds = ['n1', 'n2', 'n3'].map(asNodeId);

/** A terminal whose keys a test presses, and whose screen it reads; a cluster that only remembers what was asked. */
function setUp(): {
  readonly cluster: Watched;
  readonly terminal: Terminal;
  readonly calls: string[];
  readonly rawModes: boolean[];
  readonly emit: (event: ClusterEvent) => void;
  readonly listening: () => boolean;
  readonly press: (keys: string) => void;
  readonly shows: (text: string) => Promise<void>;
} {
  const calls: string[] = [];
  const rawModes: boolean[] = [];
  let listener: ((event: ClusterEvent) => void) | null = null;
  const verb = (name: string) => (id?: string) => {
    calls.push(id === undefined ? name : `${name} ${id}`);
    return Promise.resolve();
  };
  const cluster = {
    nodeIds,
    crash: verb('crash'),
    hang: () => Promise.reject(new Error('no such luck')),
    resume: verb('resume'),
    isolate: verb('isolate'),
    heal: verb('heal'),
    restart: verb('restart'),
    propose: () => verb('propose')(),
    node: () => ({ status: () => Promise.reject(new Error('busy')) }),
    status: () =>
      Promise.resolve({
        nodes: nodeIds.map((id) => ({
          id,
          lifecycle: 'up',
          incarnation: 1,
          restarts: 0,
          threadId: 1,
          failure: null,
        })),
      }),
    subscribe: (added: (event: ClusterEvent) => void) => {
      listener = added;
      return () => {
        listener = null;
      };
    },
  } as unknown as Watched;

  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let screen = '';
  stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
  });
  const setRawMode = (raw: boolean): unknown => rawModes.push(raw);
  return {
    cluster,
    terminal: { stdin: Object.assign(stdin, { setRawMode }) as unknown as Terminal['stdin'], stdout },
    calls,
    rawModes,
    emit: (event) => listener?.(event),
    listening: () => listener !== null,
    press: (keys) => stdin.write(keys),
    shows: async (text) => {
      while (!screen.includes(text)) await new Promise((resolve) => stdout.once('data', resolve));
    },
  };
}

test('keys select a node and do to it what the help line says', async (t) => {
  const { cluster, terminal, calls, press, shows } = setUp();
  const done = showLive(cluster, new AbortController().signal, terminal);
  await shows('▸ n1');
  press('c\u001B[B');
  await shows('▸ n2');
  press('iresp');
  press('\u001B[A\u001B[A');
  await shows('▸ n3');
  press('h');
  await shows('you: hang n3: no such luck');
  press('q');
  await done;
  t.deepEqual(calls, ['crash n1', 'isolate n2', 'resume n2', 'heal', 'restart n2', 'propose']);
});

test('events appear as they happen, and quitting gives the terminal back', async (t) => {
  const { cluster, terminal, rawModes, emit, listening, press, shows } = setUp();
  const done = showLive(cluster, new AbortController().signal, terminal);
  await shows('▸ n1');
  emit({ type: 'hung', id: 1, cause: null, node: asNodeId('n2'), incarnation: 1, atMs: 5 });
  await shows('n2 hangs');
  press('q');
  await done;
  t.deepEqual(rawModes, [true, false]);
  t.false(listening());
});

test('Ctrl-C is an interruption, in raw mode too, and so is the signal', async (t) => {
  const first = setUp();
  const done = showLive(first.cluster, new AbortController().signal, first.terminal);
  await first.shows('▸ n1');
  first.press('\u0003');
  const error = await t.throwsAsync(done, { instanceOf: Interrupted });
  t.is(error?.exitCode, 130);

  const second = setUp();
  const controller = new AbortController();
  const other = showLive(second.cluster, controller.signal, second.terminal);
  await second.shows('▸ n1');
  controller.abort(new Interrupted('SIGTERM'));
  t.is((await t.throwsAsync(other, { instanceOf: Interrupted }))?.exitCode, 143);
  t.deepEqual(second.rawModes, [true, false]);
});
