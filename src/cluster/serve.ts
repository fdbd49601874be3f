/** What the supervisor's thread runs: the supervisor, and the port through which it is told what to do. */
import { expose } from 'comlink';
import { outcomeOf } from './outcome.js';
import type { SupervisorControl, SupervisorInit } from './protocol.js';
import { Supervisor } from './supervisor.js';

/** Called once, by the entry point. The thread ends when the ports are closed from the other side. */
export function serve(init: SupervisorInit): void {
  const supervisor = new Supervisor(init);
  const control: SupervisorControl = {
    start: () => outcomeOf(() => supervisor.start()),
    crash: (id) => outcomeOf(() => supervisor.crash(id)),
    shutDown: (id) => outcomeOf(() => supervisor.shutDown(id)),
    hang: (id) => outcomeOf(() => supervisor.hang(id)),
    resume: (id) => outcomeOf(() => supervisor.resume(id)),
    isolate: (id, direction) => outcomeOf(() => supervisor.isolate(id, direction)),
    partition: (groups) => outcomeOf(() => supervisor.partition(groups)),
    cut: (a, b, oneWay) => outcomeOf(() => supervisor.cut(a, b, oneWay)),
    heal: () => outcomeOf(() => supervisor.heal()),
    setLink: (from, to, policy) => outcomeOf(() => supervisor.setLink(from, to, policy)),
    stallDisk: (id, forMs) => outcomeOf(() => supervisor.stallDisk(id, forMs)),
    slowDisk: (id, delay) => outcomeOf(() => supervisor.slowDisk(id, delay)),
    burden: (id, burden) => outcomeOf(() => supervisor.burden(id, burden)),
    restart: (id) => outcomeOf(() => supervisor.restart(id)),
    status: () => outcomeOf(() => supervisor.status()),
    stop: () => outcomeOf(() => supervisor.stop()),
  };
  expose(control, init.controlPort);
}
