/**
 * The folder of a cluster's disk stores: one subfolder per node, and a small file that says whose they are, so that
 * nothing is ever opened, let alone overwritten, on behalf of another cluster.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import {
  access,
  constants,
  link,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ElectorateError, messageOf } from '../errors.js';

const identityFile = 'electorate.json';
const format = 1;

/** Who is in a cluster, and in which part: a quorum of other voters need not know what theirs has promised. */
export interface Members {
  readonly voters: readonly string[];
  readonly learners: readonly string[];
}

/** What the file says. */
export interface Identity extends Members {
  readonly format: number;
  /** Random: the stores carry it too, so that one copied here from elsewhere is told. */
  readonly group: string;
  /** Every node has had its store open. From then on a missing store is a lost one. */
  readonly founded: boolean;
}

/** A folder that is ours. */
export interface DataDir {
  /** Absolute. */
  readonly path: string;
  readonly identity: Identity;
  /** To be removed when the cluster has stopped. */
  readonly temporary: boolean;
}

/** Temporary folders of clusters that run: removed when the process exits, if not before. */
const removedAtExit = new Set<string>();

/** A name for a new cluster that no other has. */
export function newGroup(): string {
  return `electorate-${randomUUID()}`;
}

/** Where a node's store is. */
export function storePathOf(dataDir: string, id: string): string {
  return join(dataDir, id);
}

/** Whether there is a LevelDB database: it is never without this file. */
export function hasStore(path: string): boolean {
  return existsSync(join(path, 'CURRENT'));
}

/**
 * A fresh folder under the system's. Unless it is to be kept, it goes with {@link removeTemporary}, or with the process.
 * @throws ElectorateError `dataDirUnusable`
 */
export async function makeTemporaryDataDir(members: Members, keep: boolean): Promise<DataDir> {
  const path = await usable(tmpdir(), () => mkdtemp(join(tmpdir(), 'electorate-')));
  if (!keep) removeAtExit(path);
  return { path, identity: await claim(path, members), temporary: !keep };
}

/**
 * Opens the folder of an earlier run, or claims an empty or new one.
 * @throws ElectorateError `dataDirUnusable`, `storeForeign`, `storeLost` or `storeCorrupt`; nothing was overwritten.
 */
export async function openDataDir(dataDir: string, members: Members): Promise<DataDir> {
  const path = resolve(dataDir);
  await usable(path, async () => {
    await makeFolder(path);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  const identity = (await readIdentity(path)) ?? (await claim(path, members));
  const { voters, learners } = identity;
  if (describeMembers(identity) !== describeMembers(members)) {
    throw new ElectorateError(
      'storeForeign',
      `Expected \`dataDir\` to be of a cluster of ${describeMembers(members)}, but ${path} holds one of ${describeMembers(identity)}`,
      { details: { path, voters, learners } },
    );
  }
  const nodes = [...voters, ...learners];
  const lost = identity.founded ? nodes.filter((id) => !hasStore(storePathOf(path, id))) : [];
  if (lost.length > 0) {
    throw new ElectorateError(
      'storeLost',
      `The store of ${lost.join(', ')} is gone from ${path}: a node that forgot its vote could vote twice`,
      { details: { path, nodes: lost } },
    );
  }
  return { path, identity, temporary: false };
}

/** Remembers that every node has had its store open. Called before any of them takes part. */
export async function markFounded(path: string): Promise<void> {
  const identity = await readIdentity(path);
  if (identity === null || identity.founded) return;
  await usable(path, async () => {
    const draft = await writeDraft(path, { ...identity, founded: true });
    await rename(draft, join(path, identityFile));
  });
}

/** Once nobody has a file in it open. */
export async function removeTemporary(dataDir: DataDir): Promise<void> {
  if (!dataDir.temporary) return;
  await rm(dataDir.path, { recursive: true, force: true, maxRetries: 5 });
  keepAtExit(dataDir.path);
}

async function readIdentity(path: string): Promise<Identity | null> {
  const present = await usable(path, () => readdir(path));
  if (!present.includes(identityFile)) {
    const foreign = present.filter((name) => !name.startsWith(identityFile));
    if (foreign.length === 0) return null;
    throw new ElectorateError(
      'storeForeign',
      `Expected \`dataDir\` to be empty or of an earlier cluster, but ${path} holds ${foreign.slice(0, 3).join(', ')}`,
      { details: { path } },
    );
  }
  const identity = parseIdentity(await usable(path, () => readFile(join(path, identityFile), 'utf8')));
  if (identity !== null) return identity;
  throw new ElectorateError('storeCorrupt', `${join(path, identityFile)} is not what this version writes`, {
    details: { path },
  });
}

function parseIdentity(text: string): Identity | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const said = value as Partial<Record<keyof Identity, unknown>>;
  const { format: version, group, voters, learners, founded } = said;
  if (version !== format || typeof group !== 'string' || typeof founded !== 'boolean') return null;
  if (!Array.isArray(voters) || !Array.isArray(learners)) return null;
  return { format, group, voters: voters.map(String), learners: learners.map(String), founded };
}

/** The same text for the same members, in whatever order they were named. */
function describeMembers({ voters, learners }: Members): string {
  const theirs = learners.length === 0 ? 'no learners' : `learners ${learners.toSorted().join(', ')}`;
  return `voters ${voters.toSorted().join(', ')}, ${theirs}`;
}

/** Two processes may get here at once. A link can't replace a file, so one of them is first and both see whose it is. */
async function claim(path: string, { voters, learners }: Members): Promise<Identity> {
  return await usable(path, async () => {
    const draft = await writeDraft(path, { format, group: newGroup(), voters, learners, founded: false });
    try {
      await link(draft, join(path, identityFile));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    await rm(draft);
    const identity = await readIdentity(path);
    if (identity === null) throw new Error(`${identityFile} was removed again`);
    return identity;
  });
}

/** Written aside and flushed, to be put in place all at once. */
async function writeDraft(path: string, identity: Identity): Promise<string> {
  const draft = join(path, `${identityFile}.${randomUUID()}`);
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(`${JSON.stringify(identity)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

async function usable<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ElectorateError) throw error;
    throw new ElectorateError(
      'dataDirUnusable',
      `Expected \`dataDir\` to be a folder to read and write, got ${path}: ${messageOf(error)}`,
      { details: { path, reason: codeOf(error) }, cause: error },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function removeAtExit(path: string): void {
  if (removedAtExit.size === 0) process.on('exit', removeNow);
  removedAtExit.add(path);
}

function keepAtExit(path: string): void {
  removedAtExit.delete(path);
  if (removedAtExit.size === 0) process.off('exit', removeNow);
}

/** The nodes' threads still run at this moment and may be writing: what can't be removed stays in the system's folder. */
function removeNow(): void {
  for (const path of removedAtExit) {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // Nobody is left to be told, and the system cleans its folder.
    }
  }
}

/** Its parents too. Not with `recursive`: Node.js then spins for ever where the system allows no folders, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (
      code !== 'ENOENT' ||
      (await access(dirname(path)).then(
        () => true,
        () => false,
      ))
    )
      throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}
