/** The thread that watches for stalls of the machine. Says once that it has begun, and is silent then. */
import { parentPort, workerData } from 'node:worker_threads';
import { watchStalls } from '../src/cluster/stall-monitor.js';

watchStalls(workerData as SharedArrayBuffer, () => parentPort?.postMessage('watching'));
