/** Which nodes a {@link NodeChoice} means in a cluster. */
import { refuseOption } from '../options.js';
import type { NodeId } from '../raft/brands.js';
import type { Contention, NodeChoice } from './contention.js';

/**
 * That every node it names is there, and a follower where it wants one.
 * @throws ElectorateError `invalidOption`
 */
export function checkNodes({ text, exertions }: Contention, nodeIds: readonly NodeId[]): void {
  for (const exertion of exertions) {
    if (!('nodes' in exertion)) continue;
    const { nodes } = exertion;
    if (nodes === 'follower' && nodeIds.length < 2)
      refuseOption('contention', text, 'to need no follower in a cluster of one');
    if (typeof nodes === 'string') continue;
    const stranger = nodes.find((id) => !nodeIds.includes(id));
    if (stranger !== undefined)
      refuseOption(
        'contention',
        text,
        `to name nodes of ${nodeIds.join(', ')} only, and not \`${stranger}\``,
      );
  }
}

/** @param leaderId of the moment; the first of the others is the follower */
export function chosenNodes(
  choice: NodeChoice,
  leaderId: NodeId,
  nodeIds: readonly NodeId[],
): readonly NodeId[] {
  switch (choice) {
    case 'all':
      return nodeIds;
    case 'leader':
      return [leaderId];
    case 'follower':
      return nodeIds.filter((id) => id !== leaderId).slice(0, 1);
    default:
      return choice;
  }
}
