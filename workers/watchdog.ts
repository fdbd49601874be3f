/** A process that clears away what its holder leaves behind. */
import { guard } from '../src/contention/guard.js';

await guard(process.stdin);
process.exit();
