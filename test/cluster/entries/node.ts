/** A node that throws when told to. */
import { armBomb } from './bomb.js';

armBomb();
await import('../../../workers/raft-node.js');
