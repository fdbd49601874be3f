import test from 'ava';
import * as fc from 'fast-check';
import { createJournal, openMemoryStore } from '../../src/storage/memory-store.js';
import { ownerOf } from '../../src/storage/store.js';
import { after, batch, batchesFrom, command, nothing, owner, vote } from './stores.js';

const choices = fc.array(
  fc.record({ votes: fc.boolean(), cut: fc.nat({ max: 4 }), append: fc.nat({ max: 4 }) }),
  { maxLength: 12 },
);

test('a memory store, reopened after any writes, holds what they add up to', async (t) => {
  await fc.assert(
    fc.asyncProperty(choices, async (drawn) => {
      const journal = createJournal();
      const store = openMemoryStore(journal, owner);
      let expected = nothing;
      for (const written of batchesFrom(drawn)) {
        await store.write(written);
        expected = after(expected, written);
        t.deepEqual(openMemoryStore(journal, owner).initial, expected);
      }
    }),
    { numRuns: 50 },
  );
});

test('a record that was not published is not there, and the next one takes its place', async (t) => {
  const journal = createJournal();
  const store = openMemoryStore(journal, owner);
  await store.write(batch({ hardState: vote(1, 'n1') }));
  const committed = new Int32Array(journal, 0, 1);
  const publishedBytes = Atomics.load(committed, 0);
  await store.write(batch({ hardState: vote(2, 'n2') }));
  // As a thread leaves it that is terminated between the bytes and their length.
  Atomics.store(committed, 0, publishedBytes);

  const next = openMemoryStore(journal, owner);
  t.deepEqual(next.initial.hardState, vote(1, 'n1'));
  await next.write(batch({ hardState: vote(3, 'n3') }));
  t.deepEqual(openMemoryStore(journal, owner).initial.hardState, vote(3, 'n3'));
});

test('a full journal rejects the write with storeFailed and keeps what it has', async (t) => {
  const journal = createJournal(1024);
  const store = openMemoryStore(journal, owner);
  await store.write(batch({ hardState: vote(1, 'n1'), entries: [command(1, 1)] }));
  await t.throwsAsync(store.write(batch({ entries: [command(2, 1, 'x'.repeat(1024))] })), {
    code: 'storeFailed',
    message: /1024 bytes/u,
  });
  t.is(openMemoryStore(journal, owner).initial.entries.length, 1);
});

test('a journal grows past its first size', async (t) => {
  const journal = createJournal();
  const before = journal.byteLength;
  await openMemoryStore(journal, owner).write(
    batch({ hardState: vote(1, null), entries: [command(1, 1, 'ü'.repeat(100_000))] }),
  );
  t.true(journal.byteLength > before);
  t.deepEqual(openMemoryStore(journal, owner).initial.entries, [command(1, 1, 'ü'.repeat(100_000))]);
});

test("another node's journal is refused, and not written to", (t) => {
  const journal = createJournal();
  openMemoryStore(journal, owner);
  const bytes = Buffer.from(Buffer.from(journal));
  for (const other of [ownerOf('group', 'n2'), ownerOf('other', 'n1'), { ...owner, format: 2 }]) {
    t.throws(() => openMemoryStore(journal, other), { code: 'storeForeign' });
  }
  t.deepEqual(Buffer.from(journal), bytes);
});

test('a damaged journal is refused as corrupt', async (t) => {
  const journal = createJournal();
  await openMemoryStore(journal, owner).write(batch({ hardState: vote(7, 'n1') }));
  const bytes = Buffer.from(journal);
  bytes[bytes.indexOf('hardState')] = 0;
  t.throws(() => openMemoryStore(journal, owner), { code: 'storeCorrupt' });
});
