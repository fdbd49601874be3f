/** The supervisor's thread. */
import { workerData } from 'node:worker_threads';
import { serve } from '../src/cluster/serve.js';

serve(workerData);
