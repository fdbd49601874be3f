/** Reads a {@link Contention} from the word that a command line or a script gives, and writes it back. */
import { availableParallelism } from 'node:os';
import {
  maxBurdenMs,
  maxBurners,
  maxDurationMs,
  maxFill,
  maxMegabytesPerSecond,
  maxNodeIdLength,
} from '../limits.js';
import { refuseOption } from '../options.js';
import { asNodeId } from '../raft/brands.js';
import type { Contention, Exertion, NodeChoice, Rhythm } from './contention.js';

/** What a word may look like, for help and errors. */
export const contentionForms: string =
  'burners:4, burners:2x@nice5, processes:2x, hog:100/500@leader (or follower, all, n1:n2), quota:50/100, stop:400/2000, ' +
  'memory:200@leader, main:3000/5000, flood:1x, disk:20@all, disk:200/~1000; + between what is done at once, or none';

/** How a level is read: the whole word is told to whoever wrote it. */
interface Level {
  readonly word: string;
  /** Behind the colon and before the `@`. */
  readonly amount: string;
  /** Behind the `@`; null without one. */
  readonly target: string | null;
  /** How many processors a multiple is of. */
  readonly cores: number;
}

const readers: Readonly<Record<string, (level: Level) => Exertion>> = {
  burners: (level) => ({ kind: 'burners', count: countOf(level), nice: niceOf(level) }),
  processes: (level) => ({ kind: 'processes', count: countOf(level), nice: niceOf(level) }),
  hog: (level) => ({ kind: 'hog', ...rhythmOf(level), nodes: nodesOf(level, null) }),
  quota: quotaOf,
  stop: (level) => ({ kind: 'stop', ...rhythmOf(untargeted(level)) }),
  memory: (level) => ({
    kind: 'memory',
    megabytesPerSecond: amountOf(level, 'MB a second', maxMegabytesPerSecond),
    nodes: nodesOf(level, 'all'),
  }),
  main: (level) => ({ kind: 'main', ...rhythmOf(untargeted(level)) }),
  flood: floodOf,
  disk: (level) =>
    level.amount.includes('/')
      ? { kind: 'diskStall', ...rhythmOf(level), nodes: nodesOf(level, 'all') }
      : { kind: 'disk', delayMs: amountOf(level, 'ms', maxDurationMs), nodes: nodesOf(level, 'all') },
};

/**
 * One contention, e.g. `quota:50+burners:2`. Checks all that can be checked without knowing the cluster.
 * @param cores how many processors `2x` and a quota are measured by
 * @throws ElectorateError `invalidOption`
 */
export function parseContention(text: string, cores: number = availableParallelism()): Contention {
  const written = text.trim();
  if (written === 'none') return { text: written, exertions: [] };
  const exertions = written.split('+').map((word) => parseExertion(word.trim(), cores));
  for (const [at, exertion] of exertions.entries()) {
    if (exertions.slice(0, at).some((earlier) => clashes(earlier, exertion))) {
      refuse(written, `to have \`${wordOf(exertion.kind)}\` once in the same place`);
    }
  }
  return { text: written, exertions };
}

/**
 * Several, with commas between them, each to be looked at by itself.
 * @throws ElectorateError `invalidOption`
 */
export function parseContentions(text: string, cores: number = availableParallelism()): Contention[] {
  const contentions = text.split(',').map((part) => parseContention(part, cores));
  const texts = contentions.map(contentionText);
  const twice = texts.find((one, at) => texts.indexOf(one) !== at);
  // Results are told apart by it.
  if (twice !== undefined) refuse(text, `to name each contention once, and not \`${twice}\` twice`);
  return contentions;
}

/** The shortest word that {@link parseContention} reads as the same. */
export function contentionText({ exertions }: Pick<Contention, 'exertions'>): string {
  return exertions.length === 0 ? 'none' : exertions.map(exertionText).join('+');
}

function parseExertion(word: string, cores: number): Exertion {
  const [, kind = '', amount = '', target] = /^([^:]*):?([^@]*)(?:@(.*))?$/su.exec(word) ?? [];
  const reader = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  if (reader === undefined) {
    const kinds = Object.keys(readers).join(', ');
    return refuse(word, `to be of a kind (${kinds}) and a level, like ${contentionForms}`);
  }
  return reader({ word, amount, target: target ?? null, cores });
}

function countOf({ word, amount, cores }: Level): number {
  const isMultiple = amount.endsWith('x');
  const given = numberOf(isMultiple ? amount.slice(0, -1) : amount);
  const count = isMultiple ? Math.ceil(given * cores) : given;
  return Number.isSafeInteger(count) && count >= 1 && count <= maxBurners
    ? count
    : refuse(word, `to be of 1 to ${maxBurners}, or of a multiple of the processors like 2x`);
}

function niceOf({ word, target }: Level): number {
  if (target === null) return 0;
  const nice = /^nice(-?\d+)$/u.exec(target)?.[1];
  const value = nice === undefined ? Number.NaN : Number(nice);
  return value >= -20 && value <= 19
    ? value + 0 // so that -0 is 0
    : refuse(word, 'to have a priority from @nice-20 (first) to @nice19 (last), or none');
}

function rhythmOf({ word, amount }: Level): Rhythm {
  const [first = '', second = '', ...rest] = amount.split('/');
  const random = second.startsWith('~');
  const forMs = numberOf(first);
  const everyMs = numberOf(random ? second.slice(1) : second);
  const holds = rest.length === 0 && forMs > 0 && everyMs > forMs && everyMs <= maxBurdenMs;
  return holds
    ? { forMs, everyMs, random }
    : refuse(
        word,
        `to say for how many ms out of how many (up to ${maxBurdenMs}), like 100/500, or 100/~500 at drawn moments`,
      );
}

function nodesOf({ word, target }: Level, otherwise: NodeChoice | null): NodeChoice {
  if (target === null)
    return otherwise ?? refuse(word, 'to say where: @leader, @follower, @all or nodes like @n1:n2');
  if (target === 'leader' || target === 'follower' || target === 'all') return target;
  const ids = target.split(':');
  const areIds = ids.every((id) => /^[A-Za-z0-9][A-Za-z0-9_-]*$/u.test(id) && id.length <= maxNodeIdLength);
  if (!areIds || new Set(ids).size !== ids.length) {
    refuse(word, 'to name @leader, @follower, @all or different nodes like @n1:n2');
  }
  return ids.map(asNodeId);
}

function quotaOf(level: Level): Exertion {
  const { word, amount, cores } = untargeted(level);
  const [first = '', second = '100', ...rest] = amount.split('/');
  const percent = numberOf(first);
  const periodMs = numberOf(second);
  const most = 100 * cores;
  if (rest.length > 0 || !(percent >= 1 && percent <= most)) {
    refuse(word, `to be from 1 to ${most} per cent of one processor`);
  }
  // What the kernel takes (sched-bwc): a period of 1 ms to 1 s, and at least 1 ms of it.
  if (!(periodMs >= 1 && periodMs <= 1000)) refuse(word, 'to have a period of 1 to 1000 ms');
  if ((percent / 100) * periodMs < 1) refuse(word, 'to leave at least 1 ms of each period');
  return { kind: 'quota', percent, periodMs };
}

function floodOf(level: Level): Exertion {
  const { word, amount } = untargeted(level);
  const fill = amount.endsWith('x') ? numberOf(amount.slice(0, -1)) : Number.NaN;
  return fill > 0 && fill <= maxFill
    ? { kind: 'flood', fill }
    : refuse(word, `to be a multiple of the mailbox's bound above 0 and up to ${maxFill}x, like 1x`);
}

function amountOf({ word, amount }: Level, unit: string, most: number): number {
  const value = numberOf(amount);
  return value > 0 && value <= most ? value : refuse(word, `to be above 0 and up to ${most} ${unit}`);
}

function untargeted(level: Level): Level {
  if (level.target !== null) refuse(level.word, 'to concern the whole process, and no @ of it');
  return level;
}

/** NaN for what is no plain decimal number, so that no comparison holds. */
function numberOf(text: string): number {
  return /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : Number.NaN;
}

/** Both would do the same thing in the same place, where one word says it or only one can be done. */
function clashes(a: Exertion, b: Exertion): boolean {
  if (a.kind !== b.kind) return false;
  if ('nice' in a && 'nice' in b) return a.nice === b.nice;
  if ('nodes' in a && 'nodes' in b) return mayMeet(a.nodes, b.nodes);
  return true;
}

function mayMeet(a: NodeChoice, b: NodeChoice): boolean {
  if (typeof a !== 'string' && typeof b !== 'string') return a.some((id) => b.includes(id));
  return !((a === 'leader' && b === 'follower') || (a === 'follower' && b === 'leader'));
}

function exertionText(exertion: Exertion): string {
  const head = `${wordOf(exertion.kind)}:`;
  switch (exertion.kind) {
    case 'burners':
    case 'processes':
      return `${head}${exertion.count}${exertion.nice === 0 ? '' : `@nice${exertion.nice}`}`;
    case 'hog':
      return `${head}${rhythmText(exertion)}@${choiceText(exertion.nodes)}`;
    case 'quota':
      return `${head}${exertion.percent}${exertion.periodMs === 100 ? '' : `/${exertion.periodMs}`}`;
    case 'stop':
    case 'main':
      return head + rhythmText(exertion);
    case 'memory':
      return `${head}${exertion.megabytesPerSecond}${unlessAll(exertion.nodes)}`;
    case 'flood':
      return `${head}${exertion.fill}x`;
    case 'disk':
      return `${head}${exertion.delayMs}${unlessAll(exertion.nodes)}`;
    case 'diskStall':
      return head + rhythmText(exertion) + unlessAll(exertion.nodes);
  }
}

/** Two kinds share a word. */
function wordOf(kind: Exertion['kind']): string {
  return kind === 'diskStall' ? 'disk' : kind;
}

function rhythmText({ forMs, everyMs, random }: Rhythm): string {
  return `${forMs}/${random ? '~' : ''}${everyMs}`;
}

function choiceText(nodes: NodeChoice): string {
  return typeof nodes === 'string' ? nodes : nodes.join(':');
}

function unlessAll(nodes: NodeChoice): string {
  return nodes === 'all' ? '' : `@${choiceText(nodes)}`;
}

function refuse(word: string, rule: string): never {
  return refuseOption('contention', word, rule);
}
