#!/usr/bin/env node
/** The commands. Each is thin: it calls one function that a script could call. */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { ElectorateError, messageOf, type ErrorCode } from '../errors.js';
import { addAblate } from './ablate.js';
import { addAdvise } from './advise.js';
import { addBench } from './bench.js';
import { messageInFlags } from './cluster-flags.js';
import { addCompare } from './compare.js';
import { addExplain } from './explain.js';
import { addExplore } from './explore.js';
import { addFigure16 } from './figure-16.js';
import { Interrupted } from './interruption.js';
import { addScenarios } from './scenarios.js';
import { addSimulate } from './simulate.js';
import { addStress } from './stress.js';
import { addUp } from './up.js';

/** What another command line would cure; everything else is no fault of the caller's. */
const usageErrors: ReadonlySet<ErrorCode> = new Set([
  'invalidOption',
  'dataDirUnusable',
  'storeForeign',
  'storeLocked',
  'storeCorrupt',
  'resultUnreadable',
]);

function createProgram(): Command {
  const { version, description } = createRequire(import.meta.url)('../../../package.json') as {
    version: string;
    description: string;
  };
  const program = new Command('electorate').description(description).version(version).exitOverride();

  addUp(program);
  addBench(program);
  addStress(program);
  addAdvise(program);
  addAblate(program);
  addExplain(program);
  addCompare(program);
  addFigure16(program);
  addScenarios(program);
  addSimulate(program);
  addExplore(program);
  return program;
}

/** Exit codes: 0 done, 1 failed, 2 a wrong command line, 128 + n ended by signal n. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    // A command that has done its work may have found what it looked for, and said so there.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its own errors, and the help, already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof ElectorateError) {
      process.stderr.write(`error: ${messageInFlags(error)}\n`);
      return usageErrors.has(error.code) ? 2 : 1;
    }
    process.stderr.write(
      `error: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`,
    );
    return 1;
  }
}

// Whoever reads may have seen enough (`electorate up | head`): no failure, and nothing is left to say. Exit hooks still
// remove the temporary folder, and the threads end with the process.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Progress that nobody reads any more (`2>&1 >tables.txt | head`) is no reason to give up what is being measured.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Not `process.exit`: output is still being written, and nothing else may be left that keeps the process alive.
process.exitCode = await main();
