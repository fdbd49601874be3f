/** The relay of bare threads: it passes messages on, as the supervisor does for nodes, and does nothing else. */
import type { MessagePort } from 'node:worker_threads';

/** What crosses a port at once, of messages that say whom they are for. */
export interface Batch<Message extends { readonly to: string }> {
  readonly messages: readonly Message[];
  readonly sentMs: number;
}

export interface RelayData {
  /** Of the nodes, by their ids. */
  readonly ports: ReadonlyMap<string, MessagePort>;
}

/** Each message goes on by itself; one for nobody is lost. */
export function relay({ ports }: RelayData): void {
  for (const port of ports.values()) {
    port.on('message', ({ messages, sentMs }: Batch<{ readonly to: string }>) => {
      for (const message of messages) ports.get(message.to)?.postMessage({ messages: [message], sentMs });
    });
  }
}
