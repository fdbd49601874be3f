/** A gate counts what is under way, and closes on it. */
import test from 'ava';
import { Gate } from '../../src/actor/gate.js';

test('what has entered leaves while the gate is open', (t) => {
  const gate = new Gate(Gate.allocate());
  t.true(gate.enter());
  t.true(gate.leave());
  t.is(gate.close(), 0);
});

test('who closes it knows how many are under way; none of them leaves, and no other enters', (t) => {
  const memory = Gate.allocate();
  const [sender, receiver, supervisor] = [new Gate(memory), new Gate(memory), new Gate(memory)];
  for (let sent = 0; sent < 5; sent += 1) sender.enter();
  receiver.leave();
  t.is(supervisor.close(), 4);
  for (let more = 0; more < 10; more += 1) t.false(receiver.leave());
  for (let more = 0; more < 20; more += 1) t.false(sender.enter());
  t.is(supervisor.close(), 0, 'once only');
});
