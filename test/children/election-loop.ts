/**
 * A process that does nothing but elect: each leader is crashed as soon as it is ready, and restarted once the next
 * one is. Prints a line an event. `election-loop.js DATA_DIR VOTE_LOG [ELECTIONS]`: ends by itself after so many.
 */
import { Cluster } from '../../src/index.js';

const [dataDir, voteLog, elections = 'Infinity'] = process.argv.slice(2);

const cluster = await Cluster.start({
  dataDir,
  voteLog,
  electionTimeoutMs: 20,
  electionJitterMs: 20,
  heartbeatMs: 5,
  seed: process.pid,
});
cluster.subscribe((event) => process.stdout.write(`${event.type} ${event.node ?? ''}\n`));
for (let election = 0; election < Number(elections); election += 1) {
  const { id } = await cluster.waitForLeader();
  await cluster.crash(id);
  await cluster.waitForLeader();
  await cluster.restart(id);
}
await cluster.stop();
