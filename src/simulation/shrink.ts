/** From a history that breaks a rule to a short one that breaks the same rule, and to a trace that can be read. */
import type { SimulatedNode } from './node.js';
import { describeEvent, describeMessage, describeNode, describeOutcome } from './describe.js';
import type { Fault, ScheduledFault } from './faults.js';
import { runTrial, type TrialPlan, type TrialResult } from './trial.js';
import type { WorldObserver } from './world.js';

/**
 * Leaves out what faults it can, halves first and then one by one, as long as the same rule is still broken.
 * @returns the plan itself when it breaks none
 */
export function shrinkTrial(plan: TrialPlan): TrialPlan {
  const { violation, virtualMs } = runTrial(plan);
  if (violation === null) return plan;
  const breaks = (faults: readonly ScheduledFault[]): boolean =>
    runTrial({ ...plan, faults }).violation?.rule === violation.rule;
  let faults = plan.faults.filter(({ atMs }) => atMs <= virtualMs);
  for (let size = Math.ceil(faults.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < faults.length;) {
      const fewer = [...faults.slice(0, from), ...faults.slice(from + size)];
      if (breaks(fewer)) faults = fewer;
      else from += size;
    }
  }
  return breaks(faults) ? { ...plan, faults } : plan;
}

export interface TrialTrace {
  readonly result: TrialResult;
  /** One line an event, times in milliseconds of true time. */
  readonly lines: readonly string[];
}

/** Runs a plan again and writes down what its nodes say, keeping the last `limit` lines; and every fault. */
export function traceTrial(plan: TrialPlan, limit: number, withMessages: boolean): TrialTrace {
  const lines: string[] = [];
  const nodes: SimulatedNode[] = [];
  let nowMs = 0;
  const print = (line: string): void => {
    lines.push(`${nowMs.toFixed(3).padStart(12)}  ${line}`);
    if (lines.length > limit) lines.shift();
  };
  const observer: WorldObserver = {
    stepped: (node, input, time) => {
      nodes[node.index] = node;
      nowMs = time.nowMs / node.clockRate;
      if (withMessages && input.type === 'message') print(describeMessage(input.message));
    },
    observed: ({ id }, { event }) => print(`${id} ${describeEvent(event)}`),
    replied: ({ id }, requestId, outcome) => print(`${id} answers ${requestId}: ${describeOutcome(outcome)}`),
  };
  const result = runTrial(plan, observer);
  return { result, lines: [...lines, ...nodes.map(describeNode)] };
}

/** One line a fault, in order. */
export function describeFaults(faults: readonly ScheduledFault[]): string[] {
  return faults.map(({ atMs, fault }) => `${atMs.toFixed(3).padStart(12)}  ${describeFault(fault)}`);
}

function describeFault({ type, ...details }: Fault): string {
  const words = Object.entries(details).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [type, ...words].join(' ').replaceAll('"', '');
}
