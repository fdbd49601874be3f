/** The process of one cell of a stress run. Told what to do by its parent; without that it has no reason to be. */
import { serveCell } from '../src/analysis/stress/serve-cell.js';

await serveCell(process);
