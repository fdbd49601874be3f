/** The log: comparison, lookup, append, truncation, and which configuration is in force. */
import test from 'ava';
import { asLogIndex } from '../../src/raft/brands.js';
import { InvariantError } from '../../src/raft/invariant.js';
import {
  appendToLog,
  configurationInForce,
  createLog,
  entriesFrom,
  firstIndexOfTermAt,
  isOlder,
  lastIndexOf,
  lastPositionOf,
  termAt,
  truncateLog,
} from '../../src/raft/log.js';
import { at, command, commands, configurationEntry, members } from './harness.js';

const boot = members(['a', 'b', 'c']);

test('§5.4.1 pitfall 16: a log is older by a smaller last term, or an equal one and a smaller last index, for every pair of small positions', (t) => {
  const positions = [0, 1, 2, 3].flatMap((term) => [0, 1, 2, 3].map((index) => at(term, index)));
  for (const a of positions) {
    for (const b of positions) {
      // Lexicographic order as one number each: no index here reaches ten.
      t.is(isOlder(a, b), a.term * 10 + a.index < b.term * 10 + b.index);
    }
  }
});

test('an empty log ends at (0, 0), any other at its last entry', (t) => {
  const log = createLog(boot, []);
  t.deepEqual(lastPositionOf(log), at(0, 0));
  t.is(lastIndexOf(log), asLogIndex(0));
  appendToLog(log, commands([1, 1, 4]));
  t.deepEqual(lastPositionOf(log), at(4, 3));
  t.is(lastIndexOf(log), asLogIndex(3));
});

test('§5.3 the term at an index: 0 before the first entry, none past the last', (t) => {
  const log = createLog(boot, commands([1, 3]));
  t.deepEqual(
    [0, 1, 2, 3].map((index) => termAt(log, asLogIndex(index))),
    [at(0, 0).term, at(1, 0).term, at(3, 0).term, undefined],
  );
});

/** Every log of up to `length` entries with terms 1 to 3. */
function everyLog(length: number): number[][] {
  if (length === 0) return [[]];
  const shorter = everyLog(length - 1);
  const longest = shorter.filter((terms) => terms.length === length - 1);
  return [
    ...shorter,
    ...longest.flatMap((terms) =>
      [1, 2, 3].filter((term) => term >= (terms.at(-1) ?? 1)).map((term) => [...terms, term]),
    ),
  ];
}

test('§5.3 the first index of a term is found for every entry of every log of up to four entries and three terms', (t) => {
  const logs = everyLog(4);
  t.is(logs.length, 1 + 3 + 6 + 10 + 15);
  for (const terms of logs) {
    const log = createLog(boot, commands(terms));
    for (const [place, term] of terms.entries()) {
      t.is(firstIndexOfTermAt(log, asLogIndex(place + 1)), asLogIndex(terms.indexOf(term) + 1));
    }
  }
});

test('a batch is what follows an index, at most as long as asked, and no view of the log', (t) => {
  const log = createLog(boot, commands([1, 1, 2, 2, 3]));
  t.deepEqual(entriesFrom(log, asLogIndex(2), 3), log.entries.slice(1, 4));
  t.deepEqual(entriesFrom(log, asLogIndex(5), 3), log.entries.slice(4));
  t.deepEqual(entriesFrom(log, asLogIndex(6), 3), []);
  entriesFrom(log, asLogIndex(1), 5).length = 0;
  t.is(lastIndexOf(log), asLogIndex(5));
});

test('entries that leave a gap, repeat an index or go back in term are a bug, at creation and later', (t) => {
  for (const entries of [[command(1, 2)], [command(1, 1), command(1, 1)], [command(2, 1), command(1, 2)]]) {
    t.throws(() => createLog(boot, entries), { instanceOf: InvariantError });
    t.throws(() => appendToLog(createLog(boot, []), entries), { instanceOf: InvariantError });
  }
});

test('a truncation removes the index it names and what follows; outside of the log it is a bug', (t) => {
  const log = createLog(boot, commands([1, 1, 2]));
  truncateLog(log, asLogIndex(2));
  t.deepEqual(lastPositionOf(log), at(1, 1));
  t.throws(() => truncateLog(log, asLogIndex(2)), { instanceOf: InvariantError });
  t.throws(() => truncateLog(log, asLogIndex(0)), { instanceOf: InvariantError });
});

test('§4.1 a configuration is in force from its append until it is truncated, then the one before it', (t) => {
  const [joint, next] = [members(['d'], ['a', 'b', 'c']), members(['d'])];
  const log = createLog(boot, [command(1, 1)]);
  t.deepEqual(configurationInForce(log), { position: at(0, 0), configuration: boot });
  appendToLog(log, [configurationEntry(1, 2, joint), command(1, 3), configurationEntry(2, 4, next)]);
  t.deepEqual(configurationInForce(log), { position: at(2, 4), configuration: next });
  truncateLog(log, asLogIndex(4));
  t.deepEqual(configurationInForce(log), { position: at(1, 2), configuration: joint });
  truncateLog(log, asLogIndex(3));
  t.deepEqual(configurationInForce(log), { position: at(1, 2), configuration: joint });
  truncateLog(log, asLogIndex(1));
  t.deepEqual(configurationInForce(log), { position: at(0, 0), configuration: boot });
});
