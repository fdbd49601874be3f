/**
 * The watchdog's own life. It is told over its standard input what is held, and clears that away when the input ends
 * without a farewell: whoever held it is gone then, in whatever way.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { membersOf, removeGroup } from './quota-group.js';

/** What there is to be cleared away. Plain data: it travels as a line of JSON. */
export interface Held {
  /** Process groups, by the ids of their first processes. */
  readonly groups: readonly number[];
  readonly cgroups: readonly HeldCgroup[];
  /** Temporary folders of those processes. */
  readonly folders: readonly string[];
}

/** A cgroup that is to be emptied, then removed. */
export interface HeldCgroup {
  readonly folder: string;
  /** Where those go that are still in it and can't be ended. */
  readonly home: string;
}

/** One line: what is held from now on, instead of what was before; or that all is well. */
export type ToGuard = Held | 'allIsWell';

/** As a watchdog begins. */
export const nothingHeld: Held = { groups: [], cgroups: [], folders: [] };

/** How long it tries, at the most. */
const clearingMs = 10_000;
const againMs = 10;

/** Resolves when there is nothing left to look after. */
export async function guard(input: NodeJS.ReadableStream): Promise<void> {
  let held: Held = nothingHeld;
  for await (const line of createInterface({ input })) {
    const said = parse(line);
    if (said === 'allIsWell') return;
    held = said ?? held;
  }
  await clearAway(held);
}

/** Null: it was cut short, for whoever wrote it was killed over it. */
function parse(line: string): ToGuard | null {
  try {
    return JSON.parse(line) as ToGuard;
  } catch {
    return null;
  }
}

/** What is stopped is continued, ended, and waited for; then its cgroup goes. */
export async function clearAway({ groups, cgroups, folders }: Held): Promise<void> {
  for (let leftMs = clearingMs; leftMs > 0; leftMs -= againMs) {
    const living = [
      ...groups.filter((group) => end(-group)),
      ...cgroups.flatMap(({ folder }) => inside(folder)).filter(end),
    ];
    if (living.length === 0) break;
    await setTimeout(againMs);
  }
  // One that does not go must not keep the others.
  await Promise.allSettled([
    ...cgroups.map(({ folder, home }) => removeGroup(folder, { folder: home })),
    ...folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })),
  ]);
}

/**
 * @param id of a process, or of a group, negative
 * @returns whether there was anything
 */
function end(id: number): boolean {
  try {
    process.kill(id, 'SIGCONT');
    return process.kill(id, 'SIGKILL');
  } catch {
    return false;
  }
}

function inside(folder: string): number[] {
  try {
    return membersOf(folder);
  } catch {
    return [];
  }
}
