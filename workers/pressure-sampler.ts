/** The thread that looks at all the others of its process. */
import { parentPort } from 'node:worker_threads';
import { runSampler } from '../src/contention/pressure-sampler.js';

if (parentPort !== null) runSampler(parentPort);
