/** The threads of the bare idle cluster: a relay, or a node that ticks and answers and, as the leader, sends heartbeats. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { relay, type Batch, type RelayData } from './bare-relay.js';

/** Of the size and shape of a heartbeat and its answer. */
interface Message {
  readonly type: 'appendEntries' | 'appendEntriesReply';
  readonly group: string;
  readonly from: string;
  readonly to: string;
  readonly incarnation: number;
  readonly term: number;
  readonly prevLog: { readonly term: number; readonly index: number };
  readonly entries: readonly [];
  readonly leaderCommit: number;
  readonly successorRank: number;
  readonly sent: { readonly nowMs: number; readonly runningMs: number };
}

export interface NodeData {
  readonly id: string;
  /** To and from the relay. */
  readonly port: MessagePort;
  readonly tickMs: number;
  /** Null: it does not lead. */
  readonly heartbeatMs: number | null;
}

export const ids: readonly string[] = ['n1', 'n2', 'n3', 'n4', 'n5'];

if (parentPort !== null) {
  const data = workerData as NodeData | RelayData;
  if ('ports' in data) relay(data);
  else serve(data);
}

function serve({ id, port, tickMs, heartbeatMs }: NodeData): void {
  const send = (type: Message['type'], to: readonly string[]): void => {
    const nowMs = performance.now();
    const message = {
      type,
      group: 'bare',
      from: id,
      incarnation: 1,
      term: 1,
      prevLog: { term: 1, index: 1 },
    };
    const rest = {
      entries: [],
      leaderCommit: 1,
      successorRank: 1,
      sent: { nowMs, runningMs: nowMs },
    } as const;
    const messages = to.map((peer) => ({ ...message, ...rest, to: peer }));
    port.postMessage({ messages, sentMs: nowMs } satisfies Batch<Message>);
  };
  port.on('message', ({ messages }: Batch<Message>) => {
    for (const { type, from } of messages) if (type === 'appendEntries') send('appendEntriesReply', [from]);
  });
  const every = (periodMs: number, run: () => void): void => {
    setTimeout(() => {
      run();
      every(periodMs, run);
    }, periodMs);
  };
  every(tickMs, () => {});
  const others = ids.filter((peer) => peer !== id);
  if (heartbeatMs !== null) every(heartbeatMs, () => send('appendEntries', others));
}
