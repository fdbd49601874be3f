/** What it costs to tell of an event: paid by every node that tells, and by the thread that hears it. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { sharedNowMs } from '../../actor/clock.js';
import type { ClusterEvent } from '../../cluster/events.js';

const perRound = 500;
/** The best of them is taken: whatever else ran on the processor is no cost of an event. */
const rounds = 5;

/**
 * To clone it into a message and out of it, one at a time, and to look at it; in ms. Takes some ten milliseconds of the
 * calling thread.
 * @param events to try it with; 0 without any
 */
export function eventCostMs(events: readonly ClusterEvent[], see: (event: ClusterEvent) => void): number {
  if (events.length === 0) return 0;
  const { port1, port2 } = new MessageChannel();
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const fromMs = sharedNowMs();
    for (let i = 0; i < perRound; i += 1) {
      port1.postMessage([events[i % events.length]]);
      const received = receiveMessageOnPort(port2);
      for (const event of (received?.message ?? []) as ClusterEvent[]) see(event);
    }
    bestMs = Math.min(bestMs, (sharedNowMs() - fromMs) / perRound);
  }
  port1.close();
  return bestMs;
}
