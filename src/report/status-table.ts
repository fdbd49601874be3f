/** A cluster as a table, one row a node. */
import type { NodeStatus } from '../actor/protocol.js';
import type { SupervisedNode } from '../cluster/protocol.js';
import { textTable } from './text-table.js';

/** What is known of one node: its supervisor's view, and its own where it answers. */
export interface NodeView {
  readonly supervised: SupervisedNode;
  readonly status: NodeStatus | null;
}

/** @param selected marked with an arrow; null: nobody */
export function statusTable(views: readonly NodeView[], selected: string | null): string {
  return textTable(
    ['node', 'role', 'term', 'leader', 'commit', 'last contact', 'restarts'],
    views.map(({ supervised, status }) => [
      `${supervised.id === selected ? '▸' : ' '} ${supervised.id}`,
      roleOf(supervised, status),
      text(status?.term),
      text(status?.leaderId),
      text(status?.commitIndex),
      status?.lastContactMs === null || status === null ? '' : `${status.lastContactMs.toFixed(0)} ms ago`,
      String(supervised.restarts),
    ]),
  );
}

function roleOf({ lifecycle }: SupervisedNode, status: NodeStatus | null): string {
  if (lifecycle !== 'up' || status === null) return lifecycle;
  if (!status.participating) return 'store failed';
  if (status.role === 'leader' && !status.confirmed) return 'leader, unconfirmed';
  return status.learner ? 'learner' : status.role;
}

function text(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
