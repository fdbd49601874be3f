/**
 * An independent model of the elections of figure 16: a plain loop over events that shares nothing with the core or its
 * simulation but the generator. Five servers, one of them gone, no two logs alike; a candidate's and a voter's write
 * take U(1, 9) ms each; no network delay. Everything that our core might do otherwise is an assumption by name.
 */
import { createRandom, drawBetween } from '../../src/raft/random.js';

export interface Assumptions {
  /** A candidate that hears of a higher term draws its timeout afresh; otherwise its timer runs on. */
  readonly candidateRearms: boolean;
  /** A server that writes handles nothing meanwhile; otherwise it handles and writes side by side. */
  readonly serialWrites: boolean;
  /** A server that only adopts a term writes that before it answers. */
  readonly adoptionWrites: boolean;
  /** The candidate's timer starts behind its write; otherwise when it stands. */
  readonly timerBehindWrite: boolean;
  /** A leader begins with an entry of its term, which all write; otherwise it only sends heartbeats. */
  readonly firstEntry: boolean;
}

/** Told apart by identity. */
interface Log {
  readonly lastTerm: number;
  readonly length: number;
}

interface Server {
  readonly rank: number;
  log: Log;
  term: number;
  votedFor: number | null;
  role: 'follower' | 'candidate' | 'leader';
  votes: number;
  /** Of its timer: an older one is void. */
  generation: number;
  writing: boolean;
  readonly waiting: (() => void)[];
}

interface Due {
  readonly atMs: number;
  readonly happen: () => void;
}

const survivors = 4;
const quorum = 3;

/** Means of many elections, in ms from a crash that is uniform in the heartbeat interval T/2. */
export function oracleSamples(
  timeoutMs: number,
  jitterMs: number,
  assumptions: Assumptions,
  trials: number,
): { readonly electedMs: number[]; readonly knownMs: number[] } {
  const random = createRandom(16);
  const electedMs: number[] = [];
  const knownMs: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const crashedMs = drawBetween(random, 0, timeoutMs / 2);
    const draw = (from: number, width: number): number => drawBetween(random, from, width);
    const election = elect(timeoutMs, jitterMs, assumptions, draw);
    electedMs.push(election.electedMs - crashedMs);
    knownMs.push(election.knownMs - crashedMs);
  }
  return { electedMs, knownMs };
}

function elect(
  timeoutMs: number,
  jitterMs: number,
  assumptions: Assumptions,
  draw: (from: number, width: number) => number,
): { readonly electedMs: number; readonly knownMs: number } {
  const agenda: Due[] = [];
  let nowMs = 0;
  let electedMs: number | null = null;
  let reign = 0;
  const knowing = new Set<Server>();

  const after = (delayMs: number, happen: () => void): void =>
    void agenda.push({ atMs: nowMs + delayMs, happen });
  const handle = (server: Server, happen: () => void): void =>
    server.writing ? void server.waiting.push(happen) : happen();
  const send = (to: Server, happen: () => void): void => after(0, () => handle(to, happen));
  const arm = (server: Server): void => {
    server.generation += 1;
    const { generation } = server;
    const expire = (): void => {
      if (server.generation === generation) stand(server);
    };
    after(draw(timeoutMs, jitterMs), () => handle(server, expire));
  };
  const write = (server: Server, behind: () => void): void => {
    server.writing = assumptions.serialWrites;
    after(draw(1, 8), () => {
      server.writing = false;
      behind();
      while (!server.writing && server.waiting.length > 0) server.waiting.shift()?.();
    });
  };
  const adopt = (server: Server, term: number): boolean => {
    if (term <= server.term) return false;
    server.term = term;
    server.votedFor = null;
    if (server.role === 'candidate' && assumptions.candidateRearms) arm(server);
    if (server.role === 'leader') arm(server);
    server.role = 'follower';
    return true;
  };

  function stand(server: Server): void {
    server.role = 'candidate';
    server.term += 1;
    server.votedFor = server.rank;
    server.votes = 1;
    const { term } = server;
    if (assumptions.timerBehindWrite) server.generation += 1;
    else arm(server);
    write(server, () => {
      if (assumptions.timerBehindWrite && server.role === 'candidate' && server.term === term) arm(server);
      for (const peer of servers) if (peer !== server) send(peer, () => vote(peer, server, term));
    });
  }

  function vote(server: Server, candidate: Server, term: number): void {
    const adopted = adopt(server, term);
    const isFree = server.votedFor === null || server.votedFor === candidate.rank;
    const granted = term === server.term && isFree && !isOlder(candidate.log, server.log);
    const answerTerm = server.term;
    const answer = (): void => send(candidate, () => count(candidate, answerTerm, term, granted));
    if (granted) {
      server.votedFor = candidate.rank;
      arm(server);
    }
    if (granted || (adopted && assumptions.adoptionWrites)) write(server, answer);
    else answer();
  }

  function count(candidate: Server, answerTerm: number, term: number, granted: boolean): void {
    adopt(candidate, answerTerm);
    if (candidate.role !== 'candidate' || candidate.term !== term || !granted) return;
    candidate.votes += 1;
    if (candidate.votes < quorum) return;
    candidate.role = 'leader';
    candidate.generation += 1;
    electedMs ??= nowMs;
    reign = term;
    knowing.clear();
    knowing.add(candidate);
    const before = candidate.log;
    if (assumptions.firstEntry) candidate.log = { lastTerm: term, length: before.length + 1 };
    beat(candidate, term, before);
    if (assumptions.firstEntry) write(candidate, () => {});
  }

  /** `before`: the log that a follower must have for what is sent to fit; null where the whole log is sent. */
  function beat(leader: Server, term: number, before: Log | null): void {
    if (leader.role !== 'leader' || leader.term !== term) return;
    for (const peer of servers) if (peer !== leader) send(peer, () => hear(peer, leader, term, before));
    after(timeoutMs / 2, () => beat(leader, term, leader.log));
  }

  function hear(server: Server, leader: Server, term: number, before: Log | null): void {
    if (term < server.term) {
      const answerTerm = server.term;
      send(leader, () => void adopt(leader, answerTerm));
      return;
    }
    adopt(server, term);
    server.role = 'follower';
    arm(server);
    if (term === reign) knowing.add(server);
    if (!assumptions.firstEntry || server.log === leader.log) return;
    if (before !== null && server.log !== before) {
      send(leader, () => {
        if (leader.role === 'leader' && leader.term === term)
          send(server, () => hear(server, leader, term, null));
      });
      return;
    }
    server.log = leader.log;
    write(server, () => {});
  }

  const servers = Array.from({ length: survivors }, (_, rank) => createServer(rank));
  for (const server of servers) arm(server);
  while (knowing.size < survivors) {
    let next = 0;
    agenda.forEach(({ atMs }, at) => {
      if (atMs < (agenda[next]?.atMs ?? 0)) next = at;
    });
    const [due] = agenda.splice(next, 1);
    if (due === undefined) throw new Error('nothing will ever happen');
    nowMs = due.atMs;
    due.happen();
  }
  return { electedMs: electedMs ?? Number.NaN, knownMs: nowMs };
}

function isOlder(a: Log, b: Log): boolean {
  return a.lastTerm === b.lastTerm ? a.length < b.length : a.lastTerm < b.lastTerm;
}

function createServer(rank: number): Server {
  return {
    rank,
    log: { lastTerm: 1, length: rank + 1 },
    term: 1,
    votedFor: survivors,
    role: 'follower',
    votes: 0,
    generation: 0,
    writing: false,
    waiting: [],
  };
}
