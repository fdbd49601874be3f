/** Whether what was asked for came about: each kind has figures that can only be there if it did. */
import type { Contention, Exertion, NodeChoice, Rhythm } from './contention.js';
import { contentionText } from './parse-contention.js';
import type { Pressure, PressureVerdict, ThreadPressure } from './pressure.js';

/** Of the time that was asked for, what has to have come about: a measurement begins and ends somewhere in a rhythm. */
const enough = 0.5;
/**
 * Allocation is asked for by rate, and a thread that gets little time allocates little: that is pressure all the same.
 */
const enoughAllocated = 0.1;
/** How full a lane has to have been, of what was to be sent to it. */
const enoughFull = 0.8;
/**
 * How long the threads of a cluster wait for a processor, by how long they run: below this they may have waited for each
 * other only, as five nodes on two processors do (0.95, with nothing else there).
 */
const enoughWaiting = 1.5;
/** Also all together, in ms a second: threads that hardly run wait for hardly anything. */
const enoughWaitingMs = 50;

/** Nothing of it is about latency: whether the cluster minded is another question. */
export function judgePressure({ exertions }: Contention, pressure: Pressure): PressureVerdict {
  if (exertions.length === 0) {
    return { exerted: true, evidence: `nothing was asked for: ${waiting(pressure).words}` };
  }
  const verdicts = exertions.map((exertion) => ({ exertion, ...judge(exertion, pressure) }));
  return {
    exerted: verdicts.every(({ exerted }) => exerted),
    evidence: verdicts
      .map(({ exertion, evidence }) => `${contentionText({ exertions: [exertion] })}: ${evidence}`)
      .join('; '),
  };
}

function judge(exertion: Exertion, pressure: Pressure): PressureVerdict {
  switch (exertion.kind) {
    case 'burners':
    case 'processes': {
      const { perSecondMs, perRun, words } = waiting(pressure);
      return { exerted: perSecondMs >= enoughWaitingMs && perRun >= enoughWaiting, evidence: words };
    }
    case 'hog':
      return judgeHog(exertion, exertion.nodes, pressure);
    case 'quota':
      return judgeQuota(pressure);
    case 'stop': {
      const { times, totalMs } = pressure.stopped;
      return {
        exerted: times > 0 && totalMs >= enough * leastMs(exertion, pressure.durationMs),
        evidence: `suspended ${times} times, for ${ms(totalMs)} in all`,
      };
    }
    case 'memory':
      return judgeMemory(exertion.megabytesPerSecond, exertion.nodes, pressure);
    case 'main': {
      const { mainBlockedMs, durationMs } = pressure;
      return {
        exerted: mainBlockedMs >= enough * leastMs(exertion, durationMs),
        evidence: `the main thread was blocked for ${ms(mainBlockedMs)} of ${ms(durationMs)}`,
      };
    }
    case 'flood': {
      const { fullest, dropped } = pressure.mailbox;
      return {
        exerted: dropped > 0 || fullest >= enoughFull * Math.min(1, exertion.fill),
        evidence: `a lane of a mailbox was ${percent(fullest)} full at the most, and ${dropped} messages were dropped`,
      };
    }
    case 'disk':
      return judgeWrites(exertion.delayMs, pressure);
    case 'diskStall':
      return judgeWrites(enough * exertion.forMs, pressure);
  }
}

function waiting({ threads, durationMs }: Pressure): { perSecondMs: number; perRun: number; words: string } {
  if (threads === null) {
    return { perSecondMs: 0, perRun: 0, words: 'this system does not tell how long threads wait' };
  }
  const own = threads.filter(({ thread }) => thread !== 'main' && thread !== 'other');
  const ranMs = sum(own, ({ ranMs: each }) => each);
  const waitedMs = sum(own, ({ waitedMs: each }) => each);
  const perSecondMs = durationMs === 0 ? 0 : (1000 * waitedMs) / durationMs;
  const perRun = ranMs === 0 ? 0 : waitedMs / ranMs;
  const most = longestWaiting(own);
  const who = most === null ? '' : `, ${most.thread} the longest (${ms(most.waitedMs)} in all)`;
  const words = `the cluster's threads were ready and got no processor for ${ms(perSecondMs)} a second, ${perRun.toFixed(1)} times as long as they ran${who}`;
  return { perSecondMs, perRun, words };
}

function judgeHog(rhythm: Rhythm, nodes: NodeChoice, pressure: Pressure): PressureVerdict {
  const blocked = pressure.burdened.map(({ node, blockedMs }) => ({ node, amount: blockedMs }));
  const evidence = `event loops were blocked on purpose: ${eachOf(blocked, ms)}`;
  return { exerted: allHave(blocked, nodes, enough * leastMs(rhythm, pressure.durationMs)), evidence };
}

function judgeMemory(megabytesPerSecond: number, nodes: NodeChoice, pressure: Pressure): PressureVerdict {
  const allocated = pressure.burdened.map(({ node, allocatedMb }) => ({ node, amount: allocatedMb }));
  const askedMb = (megabytesPerSecond * pressure.durationMs) / 1000;
  return {
    exerted: allHave(allocated, nodes, enoughAllocated * askedMb),
    evidence: `allocated on purpose: ${eachOf(allocated, (mb) => `${Math.round(mb)} MB`)}, of ${Math.round(askedMb)} MB each`,
  };
}

function judgeQuota({ throttled }: Pressure): PressureVerdict {
  if (throttled === null) return { exerted: false, evidence: 'no quota was looked at' };
  const { periods, throttledPeriods, throttledMs } = throttled;
  return {
    exerted: throttledPeriods > 0,
    evidence: `the quota ran out in ${throttledPeriods} of ${periods} periods, for ${ms(throttledMs)} of all processors together`,
  };
}

function judgeWrites(leastWriteMs: number, { writes }: Pressure): PressureVerdict {
  const { count, p50Ms, maxMs } = writes;
  return {
    exerted: maxMs >= leastWriteMs,
    evidence:
      count === 0
        ? 'nothing was written'
        : `${count} writes took ${ms(maxMs)} at the most, and half of them ${ms(p50Ms)} or more`,
  };
}

/** What a rhythm comes to in that time, at the least: whole times only, and one in any case. */
function leastMs({ forMs, everyMs, random }: Rhythm, durationMs: number): number {
  // Drawn moments may all be late: that it came about at all is what can be asked for.
  const times = random ? 1 : Math.max(1, Math.floor(durationMs / everyMs));
  return times * forMs;
}

/** Whether those that were chosen have as much: one, where it is not known which that was. */
function allHave(
  nodes: readonly { readonly node: string; readonly amount: number }[],
  choice: NodeChoice,
  least: number,
): boolean {
  const having = nodes.filter(({ amount }) => amount > 0 && amount >= least);
  if (choice === 'all') return nodes.length > 0 && having.length === nodes.length;
  if (typeof choice === 'string') return having.length > 0;
  return choice.every((id) => having.some(({ node }) => node === id));
}

function eachOf(
  nodes: readonly { readonly node: string; readonly amount: number }[],
  words: (amount: number) => string,
): string {
  const told = nodes.filter(({ amount }) => amount > 0);
  return told.length === 0 ? 'none' : told.map(({ node, amount }) => `${node} ${words(amount)}`).join(', ');
}

function longestWaiting(threads: readonly ThreadPressure[]): ThreadPressure | null {
  return threads.reduce<ThreadPressure | null>(
    (most, thread) => (most === null || thread.waitedMs > most.waitedMs ? thread : most),
    null,
  );
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
