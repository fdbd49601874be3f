/** `electorate explore`: all reachable states of a small group, or as many as are asked for. */
import { Option, type Command } from 'commander';
import { count, refuseOption } from '../options.js';
import { standardRules, vanillaRules } from '../raft/options.js';
import {
  defaultBounds,
  explore as exploreStates,
  type ExplorationResult,
} from '../simulation/exploration/explore.js';
import { numeric } from './cluster-flags.js';

interface ExploreFlags {
  readonly from?: string;
  readonly profile?: 'standard' | 'vanilla';
  readonly nodes?: number;
  readonly terms?: number;
  readonly logLength?: number;
  readonly inFlight?: number;
  readonly crashes?: number;
  readonly proposals?: number;
  readonly duplicates?: number;
  readonly states?: number;
}

/** Adds the command. */
export function addExplore(program: Command): void {
  program
    .command('explore')
    .summary('check all reachable states of a small group')
    .description(
      'Lets timers fire and messages arrive, vanish or repeat in every order, and checks every state it reaches. ' +
        'Breadth first: a violation is shown by a shortest path.',
    )
    .addOption(
      new Option('--from <state>', 'begin with brand-new nodes, or with a leader of term 1')
        .choices(['fresh', 'settled'])
        .default(undefined, 'fresh'),
    )
    .addOption(
      new Option('--profile <name>', 'the rules of the protocol')
        .choices(['standard', 'vanilla'])
        .default(undefined, 'standard'),
    )
    .addOption(numeric('--states <count>', 'stop after so many distinct states', '5000000'))
    .addOption(numeric('--nodes <count>', 'voters', '3'))
    .addOption(numeric('--terms <count>', 'highest term', '3'))
    .addOption(numeric('--log-length <count>', 'longest log', '4'))
    .addOption(numeric('--in-flight <count>', 'messages on their way at once', '3'))
    .addOption(numeric('--crashes <count>', 'crashes, each with a restart', '1'))
    .addOption(numeric('--proposals <count>', 'proposals', '2'))
    .addOption(numeric('--duplicates <count>', 'messages delivered twice', '1'))
    .addHelpText(
      'after',
      '\nExamples:\n  electorate explore --states 200000\n' +
        '  electorate explore --from settled --in-flight 2 --duplicates 0',
    )
    .action(explore);
}

/** Exit code 1 when an invariant is broken. */
function explore(flags: ExploreFlags): void {
  if (flags.from !== undefined && flags.from !== 'fresh' && flags.from !== 'settled') {
    refuseOption('from', flags.from, 'to be fresh or settled');
  }
  const bounds = {
    from: flags.from ?? defaultBounds.from,
    rules: flags.profile === 'vanilla' ? vanillaRules : standardRules,
    nodes: count('nodes', flags.nodes ?? defaultBounds.nodes, 1, 4),
    maxTerm: count('terms', flags.terms ?? defaultBounds.maxTerm, 1, 9),
    maxLogLength: count('logLength', flags.logLength ?? defaultBounds.maxLogLength, 1, 20),
    maxInFlight: count('inFlight', flags.inFlight ?? defaultBounds.maxInFlight, 1, 20),
    crashes: count('crashes', flags.crashes ?? defaultBounds.crashes, 0, 9),
    proposals: count('proposals', flags.proposals ?? defaultBounds.proposals, 0, 9),
    duplicates: count('duplicates', flags.duplicates ?? defaultBounds.duplicates, 0, 9),
    maxStates: count('states', flags.states ?? defaultBounds.maxStates, 1, 200_000_000),
  };
  const beganNs = process.hrtime.bigint();
  const result = exploreStates(bounds, {
    onProgress: (states, depth) =>
      process.stderr.write(`depth ${depth}: ${states.toLocaleString('en')} states\n`),
  });
  const seconds = Number(process.hrtime.bigint() - beganNs) / 1e9;
  process.stdout.write(`${describeResult(result, seconds)}\n`);
  if (result.violation !== null) process.exitCode = 1;
}

function describeResult(result: ExplorationResult, seconds: number): string {
  const { bounds, local, reached, violation } = result;
  const lines = [
    `${result.states.toLocaleString('en')} distinct states and ${result.transitions.toLocaleString('en')} transitions, ` +
      `to depth ${result.depth}, in ${seconds.toFixed(1)} s` +
      `${result.exhausted ? ': all there are within these bounds' : ''}.`,
    `From ${bounds.from === 'fresh' ? 'brand-new nodes' : 'a settled leader of term 1'}, ${bounds.nodes} nodes; at most ` +
      `${bounds.maxTerm} terms, ${bounds.maxLogLength} entries, ${bounds.maxInFlight} messages on their way, ` +
      `${bounds.crashes} crashes, ${bounds.proposals} proposals, ${bounds.duplicates} duplicates.`,
    `Reached: term ${reached.term}, ${reached.committed} committed entries. Single nodes took ` +
      `${local.states.toLocaleString('en')} states, in ${local.steps.toLocaleString('en')} different steps.`,
  ];
  if (violation === null) lines.push('No invariant was broken.');
  else
    lines.push(
      `BROKEN: ${violation.rule}. The shortest way there:`,
      ...violation.trace.map((line) => `  ${line}`),
    );
  return lines.join('\n');
}
