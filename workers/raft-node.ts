/** A node's thread. What it is told is in `workerData`, see `NodeInit`. */
import { workerData } from 'node:worker_threads';
import { runActor } from '../src/actor/actor.js';
import type { NodeInit } from '../src/actor/protocol.js';

await runActor(workerData as NodeInit);
