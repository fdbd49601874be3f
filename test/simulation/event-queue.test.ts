import test from 'ava';
import { array, assert, constant, integer, oneof, property } from 'fast-check';
import { EventQueue } from '../../src/simulation/event-queue.js';

test('events leave soonest first, and in order of arrival among equals, however pushes and pops are mixed', (t) => {
  const operation = oneof(constant('pop' as const), integer({ min: 0, max: 5 }));
  assert(
    property(array(operation, { maxLength: 200 }), (operations) => {
      const queue = new EventQueue<{ atNs: number; order: number; serial: number }>();
      const model: { atNs: number; serial: number }[] = [];
      for (const [serial, next] of operations.entries()) {
        if (next === 'pop') {
          model.sort((a, b) => a.atNs - b.atNs || a.serial - b.serial);
          t.is(queue.nextNs, model[0]?.atNs ?? Number.POSITIVE_INFINITY);
          t.is(queue.pop()?.serial, model.shift()?.serial);
        } else {
          queue.push({ atNs: next, order: 0, serial });
          model.push({ atNs: next, serial });
        }
        t.is(queue.size, model.length);
      }
    }),
  );
});
