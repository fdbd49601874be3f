/** The number by which the operating system knows a thread. */
import { readlinkSync } from 'node:fs';

/** All threads of a process are named alike: this number is what a system's tools know one by. Null: not told here. */
export function osThreadId(): number | null {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return null;
  }
}
