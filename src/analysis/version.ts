/** Which electorate this is: what a build measures says something of no other. */
import { createRequire } from 'node:module';

/** E.g. `0.1.0`. */
export const electorateVersion: string = readVersion();

function readVersion(): string {
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };
  return version;
}
