/** A process that takes processor time for as long as somebody holds its standard input. */
import { burnWhileHeld } from '../src/contention/burn.js';

burnWhileHeld();
