import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { ClassicLevel } from 'classic-level';
import * as fc from 'fast-check';
import { openLevelStore } from '../../src/storage/level-store.js';
import { ownerOf, type StoredState } from '../../src/storage/store.js';
import { after, batch, batchesFrom, command, nothing, owner, vote } from './stores.js';

function freshFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'electorate-store-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function reopened(path: string): Promise<StoredState> {
  const store = await openLevelStore(path, owner);
  await store.close();
  return store.initial;
}

/** A store with votes and entries in its journal, closed. */
async function storeWithHistory(t: ExecutionContext): Promise<string> {
  const path = join(freshFolder(t), 'n1');
  const store = await openLevelStore(path, owner);
  for (let index = 1; index <= 50; index += 1) {
    await store.write(batch({ hardState: vote(index, 'n2'), entries: [command(index, index, 'value')] }));
  }
  await store.close();
  return path;
}

function journalOf(path: string): string {
  const name = readdirSync(path).find((file) => file.endsWith('.log'));
  if (name === undefined) throw new Error('no journal');
  return join(path, name);
}

test('a level store, reopened after any writes, holds what they add up to', async (t) => {
  const choice = fc.record({ votes: fc.boolean(), cut: fc.nat({ max: 4 }), append: fc.nat({ max: 4 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { maxLength: 12 }), async (drawn) => {
      const path = join(freshFolder(t), 'n1');
      const store = await openLevelStore(path, owner);
      t.deepEqual(store.initial, nothing);
      let expected = nothing;
      for (const written of batchesFrom(drawn)) {
        await store.write(written);
        expected = after(expected, written);
      }
      await store.close();
      t.deepEqual(await reopened(path), expected);
    }),
    { numRuns: 15 },
  );
});

test('entries come back in order past 9, 10 and 100', async (t) => {
  const path = join(freshFolder(t), 'n1');
  const entries = Array.from({ length: 120 }, (_, offset) => command(offset + 1, 1));
  const store = await openLevelStore(path, owner);
  await store.write(batch({ hardState: vote(1, null), entries }));
  await store.close();
  t.deepEqual((await reopened(path)).entries, entries);
});

test('a truncation behind a longer log removes all of its tail, also in the next life', async (t) => {
  const path = join(freshFolder(t), 'n1');
  const first = await openLevelStore(path, owner);
  await first.write(
    batch({ hardState: vote(1, null), entries: [command(1, 1), command(2, 1), command(3, 1)] }),
  );
  await first.close();
  const second = await openLevelStore(path, owner);
  await second.write(
    batch({ hardState: vote(2, null), truncateFrom: command(2, 2).index, entries: [command(2, 2)] }),
  );
  await second.close();
  t.deepEqual((await reopened(path)).entries, [command(1, 1), command(2, 2)]);
});

test('a second opener is refused with storeLocked, in this process and in another', async (t) => {
  const path = join(freshFolder(t), 'n1');
  const store = await openLevelStore(path, owner);
  await t.throwsAsync(openLevelStore(path, owner), { code: 'storeLocked' });

  const program = `
    import { openLevelStore } from ${JSON.stringify(new URL('../../src/storage/level-store.js', import.meta.url))};
    await openLevelStore(${JSON.stringify(path)}, ${JSON.stringify(owner)}).catch((error) => console.log(error.code));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  t.is(output, 'storeLocked\n');

  await store.write(batch({ hardState: vote(1, 'n1') }));
  await store.close();
  await store.close();
  t.deepEqual((await reopened(path)).hardState, vote(1, 'n1'));
});

test("another group's or node's store is refused with storeForeign and left as it was", async (t) => {
  const path = await storeWithHistory(t);
  const before = await reopened(path);
  for (const other of [ownerOf('group', 'n2'), ownerOf('other', 'n1'), { ...owner, format: 2 }]) {
    await t.throwsAsync(openLevelStore(path, other), { code: 'storeForeign' });
  }
  t.deepEqual(await reopened(path), before);
});

test('a folder with other files, and a LevelDB of another program, are refused and left as they were', async (t) => {
  const folder = freshFolder(t);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  await t.throwsAsync(openLevelStore(folder, owner), { code: 'storeForeign', message: /notes\.txt/u });
  t.deepEqual(readdirSync(folder), ['notes.txt']);

  const path = join(freshFolder(t), 'other');
  const level = new ClassicLevel(path);
  await level.put('key', 'value');
  await level.close();
  // One value that is ours in form, in a store that never says whose it is, and one that is not.
  await t.throwsAsync(openLevelStore(path, owner), { code: 'storeCorrupt' });
  await level.open();
  t.deepEqual(await level.keys().all(), ['key']);
  await level.close();
});

test('a folder that can not be made is refused with dataDirUnusable', async (t) => {
  const file = join(freshFolder(t), 'file');
  writeFileSync(file, '');
  await t.throwsAsync(openLevelStore(file, owner), { code: 'dataDirUnusable' });
  await t.throwsAsync(openLevelStore(join(file, 'n1'), owner), { code: 'dataDirUnusable' });
});

test('one flipped bit anywhere in the journal is refused with storeCorrupt, and nothing is overwritten', async (t) => {
  const path = await storeWithHistory(t);
  const bytes = readFileSync(journalOf(path));
  t.true(bytes.length > 5000);
  for (const share of [0.001, 0.25, 0.5, 0.75, 0.999]) {
    const copy = `${path}-${share}`;
    cpSync(path, copy, { recursive: true });
    const damaged = Buffer.from(bytes);
    const at = Math.floor(bytes.length * share);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    writeFileSync(journalOf(copy), damaged);
    await t.throwsAsync(openLevelStore(copy, owner), { code: 'storeCorrupt', message: /damaged/u });
    t.deepEqual(readFileSync(journalOf(copy)), damaged);
  }
});

test('a journal cut short loses no more than the write it ends in', async (t) => {
  const path = await storeWithHistory(t);
  const bytes = readFileSync(journalOf(path));
  writeFileSync(journalOf(path), bytes.subarray(0, bytes.length - 5));
  const { hardState, entries } = await reopened(path);
  t.deepEqual(hardState, vote(49, 'n2'));
  t.is(entries.length, 49);
});

test('damage to a table, to CURRENT or to the list of files is refused with storeCorrupt', async (t) => {
  const path = await storeWithHistory(t);
  await reopened(path); // turns the journal into a table
  const damage = (name: string, change: (file: string) => void): string => {
    const copy = `${path}-${name}`;
    cpSync(path, copy, { recursive: true });
    const file = readdirSync(copy).find((candidate) => candidate.includes(name));
    if (file === undefined) throw new Error(`no ${name}`);
    change(join(copy, file));
    return copy;
  };
  const damaged = [
    damage('.ldb', (file) => {
      const bytes = readFileSync(file);
      bytes[60] = (bytes[60] ?? 0) ^ 0x10;
      writeFileSync(file, bytes);
    }),
    damage('CURRENT', (file) => writeFileSync(file, 'nonsense')),
    damage('CURRENT', (file) => rmSync(file)),
    damage('MANIFEST', (file) => rmSync(file)),
  ];
  for (const copy of damaged) await t.throwsAsync(openLevelStore(copy, owner), { code: 'storeCorrupt' });
});

test('a store whose journal is gone is refused with storeCorrupt, filled or founded, and none is made', async (t) => {
  const path = await storeWithHistory(t);
  const lost = `${path}-lost`;
  cpSync(path, lost, { recursive: true });
  rmSync(journalOf(lost));
  const names = readdirSync(lost);
  await t.throwsAsync(openLevelStore(lost, owner, { founded: true }), {
    code: 'storeCorrupt',
    message: /journal is missing/u,
  });
  t.deepEqual(readdirSync(lost), names);
  // One that was interrupted when it was made, before anybody voted, is as good as new.
  t.deepEqual(await reopened(lost), nothing);

  await reopened(path); // turns the journal into a table
  rmSync(journalOf(path));
  await t.throwsAsync(openLevelStore(path, owner), { code: 'storeCorrupt', message: /journal is missing/u });
});

test('a founded store that does not say whose it is has lost it: refused with storeLost, and not claimed', async (t) => {
  const path = await storeWithHistory(t);
  writeFileSync(journalOf(path), '');
  for (const attempt of [1, 2]) {
    await t.throwsAsync(
      openLevelStore(path, owner, { founded: true }),
      { code: 'storeLost' },
      `attempt ${attempt}`,
    );
  }
});

test('a value with a wrong checksum, and a hole in the log, are refused with storeCorrupt', async (t) => {
  const path = await storeWithHistory(t);
  const level = new ClassicLevel(path);
  const key = 'entry:0000000000000025';
  const value = (await level.get(key)) ?? '';
  await level.put(key, value.replace('value', 'valve'));
  await level.close();
  await t.throwsAsync(openLevelStore(path, owner), { code: 'storeCorrupt', message: /0025` is damaged/u });

  await level.open();
  await level.del(key);
  await level.close();
  await t.throwsAsync(openLevelStore(path, owner), { code: 'storeCorrupt', message: /follow/u });
});

test('a write to a store that was closed is rejected with storeFailed', async (t) => {
  const store = await openLevelStore(join(freshFolder(t), 'n1'), owner);
  await store.close();
  await t.throwsAsync(store.write(batch({ hardState: vote(1, 'n1') })), { code: 'storeFailed' });
});

test.serial(
  'a write is handed over operation by operation: of a list, a crash in the middle would leave garbage',
  async (t) => {
    const prototype: { batch: (...list: unknown[]) => unknown } = Object.getPrototypeOf(
      ClassicLevel.prototype,
    );
    const { batch: original } = prototype;
    t.teardown(() => {
      prototype.batch = original;
    });
    const lists: unknown[] = [];
    let batches = 0;
    prototype.batch = function handedOver(...list) {
      batches += 1;
      lists.push(...list);
      return original.apply(this, list);
    };
    const path = join(freshFolder(t), 'n1');
    const store = await openLevelStore(path, owner);
    await store.write(batch({ hardState: vote(1, 'n2'), entries: [command(1, 1, 'value')] }));
    await store.close();
    t.is(batches, 2);
    t.deepEqual(lists, []);
  },
);
