import test from 'ava';
import { floodWithProposals, type ProposableCluster } from '../../src/contention/proposals.js';
import { ElectorateError } from '../../src/errors.js';
import { eventually } from '../cluster/support.js';

/** A cluster whose nodes answer a proposal as they are told to. */
function clusterOf(
  ids: readonly string[],
  propose: (id: string, signal: AbortSignal | undefined) => Promise<never>,
): ProposableCluster {
  const node = (id: string): unknown => ({
    propose: (_: unknown, { signal }: { signal?: AbortSignal }) => propose(id, signal),
  });
  return { nodeIds: ids, node } as unknown as ProposableCluster;
}

test('nodes that never answer are sent no more than a bounded number of proposals each', async (t) => {
  const sent = new Map<string, number>();
  let beats = 0;
  const flood = floodWithProposals(
    clusterOf(['n1', 'n2', 'n3'], (id, signal) => {
      sent.set(id, (sent.get(id) ?? 0) + 1);
      // The third one answers at once, so each beat shows there.
      if (id === 'n3') {
        beats += 1 / 64;
        return Promise.reject(new ElectorateError('notLeader', 'not me'));
      }
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    }),
    1,
  );
  await eventually(async () => beats >= 6);
  t.deepEqual([sent.get('n1'), sent.get('n2')], [256, 256]);
  await t.notThrowsAsync(flood.end(), 'what was under way is called off');
  const after = beats;
  await new Promise((resolve) => setTimeout(resolve, 150));
  t.is(beats, after);
});
