/** What runs on this machine, as `/proc` tells: for tests of what is left behind. */
import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** All that live; a zombie that nobody has waited for yet does not. */
function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    const id = Number(name);
    if (!Number.isInteger(id)) return [];
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'latin1').split(') ').at(-1) ?? '';
      const [state, parent, group] = stat.split(' ');
      if (state === 'Z') return [];
      const command = readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return [{ id, parent: Number(parent), group: Number(group), command }];
    } catch {
      return [];
    }
  });
}

export function groupOf(id: number): number[] {
  return processes()
    .filter(({ group }) => group === id)
    .map((process) => process.id);
}

/** The processes of cells that this one has started. */
export function cellsOf(parentId: number): number[] {
  return childrenOf(parentId, 'stress-cell.js');
}

export function watchdogsOf(parentId: number): number[] {
  return childrenOf(parentId, 'watchdog.js');
}

function childrenOf(parentId: number, entry: string): number[] {
  return processes()
    .filter(({ parent, command }) => parent === parentId && command.includes(entry))
    .map(({ id }) => id);
}
