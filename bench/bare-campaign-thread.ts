/** The threads of the bare campaign: a relay, or a node that campaigns when told to and grants whatever is asked. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { ClassicLevel } from 'classic-level';
import { relay, type Batch, type RelayData } from './bare-relay.js';

/** Of the size and shape of the real ones. */
interface Message {
  readonly type: 'preVoteRequest' | 'preVoteReply' | 'voteRequest' | 'voteReply';
  readonly group: string;
  readonly from: string;
  readonly to: string;
  readonly incarnation: number;
  readonly term: number;
  readonly round: { readonly incarnation: number; readonly counter: number };
  readonly lastLog: { readonly term: number; readonly index: number };
}

export interface NodeData {
  readonly id: string;
  /** To and from the relay. */
  readonly port: MessagePort;
  /** Null: nothing is written. */
  readonly folder: string | null;
}

const ids = ['n1', 'n2', 'n3', 'n4', 'n5'];
/** The last one is dead, as the old leader is in a campaign. */
export const alive: readonly string[] = ids.slice(0, 4);
/** Beside its own, a candidate of five needs so many. */
const grantsNeeded = 2;

if (parentPort !== null) {
  const data = workerData as NodeData | RelayData;
  if ('ports' in data) relay(data);
  else await serve(data);
  parentPort.postMessage('up');
}

async function serve({ id, port, folder }: NodeData): Promise<void> {
  const db = folder === null ? null : new ClassicLevel<string, string>(folder);
  await db?.open();
  let term = 0;
  let grants = 0;
  let startMs = 0;

  const write = async (): Promise<void> => {
    await db?.batch([{ type: 'put', key: 'hardState', value: JSON.stringify({ term, id }) }], { sync: true });
  };
  const send = (type: Message['type'], to: readonly string[]): void => {
    const round = { incarnation: 1, counter: term };
    const message = {
      type,
      group: 'bare',
      from: id,
      incarnation: 1,
      term,
      round,
      lastLog: { term, index: term },
    };
    const messages = to.filter((peer) => peer !== id).map((peer) => ({ ...message, to: peer }));
    port.postMessage({ messages, sentMs: performance.now() } satisfies Batch<Message>);
  };
  const handle = async (message: Message): Promise<void> => {
    switch (message.type) {
      case 'preVoteRequest':
        send('preVoteReply', [message.from]);
        break;
      case 'voteRequest':
        await write();
        send('voteReply', [message.from]);
        break;
      default:
        grants += 1;
        if (grants !== grantsNeeded) break;
        if (message.type === 'voteReply') {
          parentPort?.postMessage(performance.now() - startMs);
          break;
        }
        await write();
        grants = 0;
        send('voteRequest', ids);
    }
  };
  port.on('message', ({ messages }: Batch<Message>) => {
    for (const message of messages) void handle(message);
  });
  parentPort?.on('message', () => {
    term += 1;
    grants = 0;
    startMs = performance.now();
    send('preVoteRequest', ids);
  });
}
