/** The cell's end of the conversation with the command. */
import type { OutsideReport } from '../../contention/outside.js';
import { messageOf } from '../../errors.js';
import type { NodeId } from '../../raft/brands.js';
import { invariant } from '../../raft/invariant.js';
import { runCell, type CellHolder } from './cell.js';
import type { FromCell, ToCell } from './cell-protocol.js';

/** What it needs of its process. */
export type CellParent = Pick<NodeJS.Process, 'send' | 'on' | 'pid'>;

/**
 * The whole life of a cell's process. Once it has told what it found it waits to be ended. When its parent is gone, so is
 * it, with everything in its group and its temporary files.
 */
export async function serveCell(parent: CellParent): Promise<void> {
  const command = new Command(parent);
  parent.on('disconnect', () => endGroup(parent.pid));
  command.tell({ type: 'ready' });
  try {
    const { task } = await command.hear('run');
    const measurement = await runCell(task, command, new AbortController().signal);
    command.tell({ type: 'analysed', measurement });
  } catch (error) {
    command.tell({ type: 'failed', reason: messageOf(error) });
  }
}

/** The command, as the cell knows it: it holds the process. */
class Command implements CellHolder {
  readonly #parent: CellParent;
  readonly #said: ToCell[] = [];
  #onSaid: (() => void) | null = null;

  constructor(parent: CellParent) {
    this.#parent = parent;
    parent.on('message', (message) => {
      this.#said.push(message as ToCell);
      this.#onSaid?.();
    });
  }

  async exert(leader: NodeId): Promise<void> {
    this.tell({ type: 'settled', leader });
    await this.hear('exerted');
  }

  async relieve(): Promise<OutsideReport> {
    this.tell({ type: 'measured' });
    return (await this.hear('relieved')).report;
  }

  tell(message: FromCell): void {
    this.#parent.send?.(message);
  }

  /** The next thing it says, which is of that kind: it says nothing that was not asked for. */
  async hear<K extends ToCell['type']>(type: K): Promise<Extract<ToCell, { type: K }>> {
    if (this.#said.length === 0) await new Promise<void>((resolve) => (this.#onSaid = resolve));
    const message = this.#said.shift();
    invariant(message !== undefined && isOf(message, type), `The command did not say ${type}`);
    return message;
  }
}

/** Its temporary files are removed on the way out, and what it started goes with it. */
function endGroup(pid: number): void {
  process.on('exit', () => process.kill(-pid, 'SIGKILL'));
  process.exit(1);
}

function isOf<K extends ToCell['type']>(message: ToCell, type: K): message is Extract<ToCell, { type: K }> {
  return message.type === type;
}
