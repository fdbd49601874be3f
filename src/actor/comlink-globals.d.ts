/**
 * Comlink's types name these of the DOM, which no Node.js project has. Never emitted, and nothing of Comlink is in
 * our public types, so who installs the package needs neither.
 */
type MessagePort = import('node:worker_threads').MessagePort;
type Transferable = import('node:worker_threads').TransferListItem;
type EventListenerOrEventListenerObject = Parameters<MessagePort['addEventListener']>[1];
