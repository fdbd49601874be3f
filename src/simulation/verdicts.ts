/** What each profile makes of each partial partition: recover, livelock or deadlock, how fast, at how many terms. */
import { asNodeId, type NodeId } from '../raft/brands.js';
import { standardRules, vanillaRules, type CoreOptions, type Rules } from '../raft/options.js';
import { createRandom, drawUint32 } from '../raft/random.js';
import { fixedDelay } from '../delay.js';
import { partialPartitions, type Outcome, type PartialPartition } from './partial-partitions.js';
import { World } from './world.js';

/** The four that are compared. */
export type ProfileName = 'vanilla' | 'pre-vote only' | 'pre-vote + lease' | 'standard';

export const comparedProfiles: Readonly<Record<ProfileName, Rules>> = Object.freeze({
  vanilla: vanillaRules,
  'pre-vote only': { ...standardRules, lease: false, quorumCheck: false, exitNotice: false },
  // Unsafe for liveness, which is what is shown: no options but these allow it.
  'pre-vote + lease': { ...standardRules, quorumCheck: false, exitNotice: false },
  standard: { ...standardRules, exitNotice: false },
});

/** What is to be expected of Raft here, by profile, and what every run of the library is held against. */
export const expectedOutcomes: Readonly<Record<string, Readonly<Record<ProfileName, Outcome>>>> =
  Object.freeze({
    'full isolation': row('recover', 'recover', 'recover', 'recover'),
    'rejoin with a high term': row('recover', 'recover', 'recover', 'recover'),
    'Howard’s first': row('livelock', 'recover', 'recover', 'recover'),
    'Howard’s second': row('recover', 'recover', 'deadlock', 'recover'),
    'the bridge': row('recover', 'recover', 'recover', 'recover'),
    // Without leases the far end elects a leader of its own; its first entry makes the old leader's log too old to
    // win it back. Where terms rise before anybody is asked, refusals spread them all the same.
    'the chain': row('livelock', 'recover', 'recover', 'recover'),
    'half-dead switch': row('recover', 'recover', 'recover', 'recover'),
    'quorum-loss': row('recover', 'deadlock', 'deadlock', 'recover'),
    // No Raft can: who could win may not, and who may cannot reach a quorum.
    'constrained election': row('livelock', 'deadlock', 'deadlock', 'deadlock'),
    'one-way in': row('deadlock', 'deadlock', 'deadlock', 'recover'),
    'one-way out': row('recover', 'recover', 'recover', 'recover'),
    // While the link is up the loser's log is mended, and it wins again once the link is down. The paper's candidate
    // is refused more often, and a third node takes over.
    'flapping link': row('recover', 'livelock', 'recover', 'recover'),
  });

export interface Verdict {
  readonly outcome: Outcome;
  /** From the fault to the election of the leader that stays; 0 when the old one did; null without one. */
  readonly stableAfterMs: number | null;
  /** How far the highest term of the group rose. */
  readonly termsBurned: number;
  /** How often a leader was elected since the fault. */
  readonly elections: number;
}

/** One cell of the matrix, over all its seeds. */
export interface VerdictCell {
  readonly scenario: string;
  readonly profile: ProfileName;
  readonly expected: Outcome;
  /** The most frequent outcome. */
  readonly outcome: Outcome;
  /** How many of the seeds had it. */
  readonly agreeing: number;
  readonly verdicts: readonly Verdict[];
}

/** The whole matrix. Same seed and count: same result. */
export function judgePartialPartitions(options: {
  readonly seed: number;
  readonly seeds: number;
}): VerdictCell[] {
  return partialPartitions.flatMap((scenario) =>
    (Object.keys(comparedProfiles) as ProfileName[]).map((profile) => judgeCell(scenario, profile, options)),
  );
}

function judgeCell(
  scenario: PartialPartition,
  profile: ProfileName,
  options: { readonly seed: number; readonly seeds: number },
): VerdictCell {
  const random = createRandom(options.seed);
  const verdicts = Array.from({ length: options.seeds }, () =>
    judge(scenario, comparedProfiles[profile], drawUint32(random)),
  );
  const count = (outcome: Outcome): number =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const outcome = (['recover', 'livelock', 'deadlock'] as const).reduce((most, one) =>
    count(one) > count(most) ? one : most,
  );
  const expected = expectedOutcomes[scenario.name]?.[profile] ?? 'recover';
  return { scenario: scenario.name, profile, expected, outcome, agreeing: count(outcome), verdicts };
}

/** Lays one scenario over a settled group and lets it run for 120 T; the last 40 decide. */
export function judge(scenario: PartialPartition, rules: Rules, seed: number): Verdict {
  const core = optionsFor(rules);
  const elections: { readonly atMs: number; readonly id: NodeId }[] = [];
  const world = new World(
    {
      seed,
      configuration: { voters: idsOf(scenario.nodes), oldVoters: null, learners: [] },
      core,
      linkDelay: fixedDelay(0.2),
      storeDelay: fixedDelay(0.1),
      exitNoticeDelayMs: 0.2,
      mailbox: { control: 1024, data: 1024 },
    },
    {
      observed: (node, { event }) => {
        if (event.type === 'elected') elections.push({ atMs: world.nowMs, id: node.state.id });
      },
    },
  );
  const { electionTimeoutMs: T } = core;
  settle(world);
  const leader = world.leader()?.state.id ?? asNodeId('n1');
  const others = idsOf(scenario.nodes).filter((id) => id !== leader);
  scenario.prepare?.(world, leader, others);

  const struckMs = world.nowMs;
  const termBefore = highestTerm(world, [leader]);
  scenario.strike(world, leader, others);
  let termLate = 0;
  for (let halfTs = 1; halfTs <= 240; halfTs += 1) {
    world.run(T / 2);
    scenario.meanwhile?.(world, leader, others, halfTs);
    if (halfTs === 160) termLate = highestTerm(world);
  }
  const lateMs = struckMs + 80 * T;
  const changedLate = highestTerm(world) > termLate || elections.some(({ atMs }) => atMs > lateMs);
  const termsBurned = highestTerm(world) - termBefore;
  const since = elections.filter(({ atMs }) => atMs >= struckMs).length;
  const cost = { termsBurned, elections: since };
  if (changedLate) return { outcome: 'livelock', stableAfterMs: null, ...cost };
  if (!canCommit(world)) return { outcome: 'deadlock', stableAfterMs: null, ...cost };
  const last = elections.at(-1);
  return { outcome: 'recover', stableAfterMs: Math.max(0, (last?.atMs ?? 0) - struckMs), ...cost };
}

/** Whoever leads the newest term gets a value committed within 10 T; asked again, as one that has just stood still refuses. */
function canCommit(world: World): boolean {
  const leader = world.leader();
  if (leader === undefined) return false;
  const before = leader.state.commitIndex;
  for (let asked = 0; asked < 10; asked += 1) {
    world.propose(leader.state.id, 'is anybody there?');
    if (world.run(world.options.core.electionTimeoutMs, () => leader.state.commitIndex > before)) return true;
  }
  return false;
}

function settle(world: World): void {
  const isSettled = (): boolean => {
    const leader = world.leader();
    return (
      leader !== undefined &&
      world.nodes.every(({ state }) => state.leaderId === leader.state.id && state.commitIndex > 0)
    );
  };
  world.run(100 * world.options.core.electionTimeoutMs, isSettled);
  // Everybody has heard it again, and no two worlds are struck at the same phase of a heartbeat.
  world.run(world.options.core.electionTimeoutMs + (drawUint32(world.random) % 30));
}

/** @param among only these, where given */
function highestTerm(world: World, among?: readonly NodeId[]): number {
  const counted = world.nodes.filter(({ state }) => among?.includes(state.id) ?? true);
  return Math.max(...counted.map(({ state }) => state.currentTerm));
}

function idsOf(count: number): NodeId[] {
  return Array.from({ length: count }, (_, at) => asNodeId(`n${at + 1}`));
}

function optionsFor(rules: Rules): CoreOptions {
  return Object.freeze({
    electionTimeoutMs: 150,
    adaptiveTimeout: null,
    electionJitterMs: 150,
    heartbeatMs: 30,
    retryJitterMs: 2,
    successorSlotMs: 4,
    quorumPatience: 1,
    stallGraceMs: 75,
    voteTimeoutMs: null,
    maxAppendEntries: 64,
    rules,
  });
}

function row(
  vanilla: Outcome,
  preVoteOnly: Outcome,
  preVoteAndLease: Outcome,
  standard: Outcome,
): Readonly<Record<ProfileName, Outcome>> {
  return { vanilla, 'pre-vote only': preVoteOnly, 'pre-vote + lease': preVoteAndLease, standard };
}
