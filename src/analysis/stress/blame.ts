/** Why a leader was not heard: which thread was kept from its work, by what, and for how much of the silence. Pure. */
import type { NodeId } from '../../raft/brands.js';
import { inMs, listed } from '../wording.js';
import { exposureOf, stallsOf, type Exposure, type Hindrance } from './exposure.js';
import { brokenLinkSpans } from './broken-links.js';
import { firstThat } from './lookup.js';
import {
  eventsOf,
  isWithin,
  lastUntil,
  recordWithin,
  timeoutAt,
  type KeptEvent,
  type KeptEventOf,
  type StressRecord,
} from './record.js';
import { commonOf, lengthOf, without, type Span } from './spans.js';
import type { Blame, BlameCause } from './stress-result.js';

/** Somebody heard nothing of somebody. */
export interface Silence {
  /** Who waited. */
  readonly node: NodeId;
  /** Whom it waited for. */
  readonly leader: NodeId;
  /** On the shared clock, by which the time in which the waiting thread itself stood still may count. */
  readonly heard: Span;
}

/** A verdict, and whether the host itself kept a thread involved for longer than T − h. */
export interface Explained {
  readonly blame: Blame;
  readonly hostStalled: boolean;
}

/** One cause, and how much of the silence it covers. */
interface Cover {
  readonly cause: BlameCause;
  readonly thread: string | null;
  readonly forMs: number;
  readonly sinceMs: number | null;
  /** Behind “of 45 ms”. */
  readonly words: string;
}

/** What is told at its end may be told so much later than what it explains. */
const outlastingMs = 60_000;

/** Of what was beyond the ordinary, a cause has to cover so much. */
const leastShare = 1 / 3;

/**
 * The silence that ends with a suspicion. It is told by the running clock of who waited, which leaves out the time in
 * which that stood still, so that on the shared one it is longer by as much.
 */
export function silenceBefore(
  record: StressRecord,
  suspicion: {
    readonly node: NodeId;
    readonly leaderId: NodeId;
    readonly atMs: number;
    readonly silentMs: number;
  },
): Silence {
  const { node, leaderId, atMs, silentMs } = suspicion;
  return {
    node,
    leader: leaderId,
    heard: onSharedClock(record, node, { fromMs: atMs - silentMs, untilMs: atMs }),
  };
}

/** What a node has counted, by whichever clock it goes: with the stalls in it, where it does not count those. */
function onSharedClock(record: StressRecord, node: NodeId, { fromMs, untilMs }: Span): Span {
  if (!record.cluster.rules.runningClock) return { fromMs, untilMs };
  const stalls = eventsOf(record, 'stalled');
  let beganMs = fromMs;
  for (let at = firstThat(stalls, ({ atMs }) => atMs > untilMs) - 1; at >= 0; at -= 1) {
    const stall = stalls[at];
    if (stall === undefined || stall.atMs <= beganMs) break;
    if (stall.node === node) beganMs -= stall.durationMs;
  }
  return { fromMs: beganMs, untilMs };
}

/** Which cause covers most of a silence, with figures; `unknown` where none covers a third of what was too long. */
export function explainSilence(record: StressRecord, silence: Silence): Explained {
  const { heartbeatMs } = record.cluster;
  const { node, leader } = silence;
  // Nothing that ended before it can have kept it, and few stalls outlast it for long.
  const local = recordWithin(record, {
    fromMs: silence.heard.fromMs,
    untilMs: silence.heard.untilMs + outlastingMs,
  });

  const end = endOfReign(record, leader, silence.heard.untilMs);
  if (end?.reason === 'quorumLost') return explainLostQuorum(record, leader, end.atMs);

  const during = without([silence.heard], countsStandstills(record, silence) ? [] : stallsOf(local, node));
  const path = record.cluster.wiring === 'routed' ? [leader, 'supervisor', node] : [leader, node];
  const exposures = path.map((thread) => exposureOf(local, thread, during));
  const covers = [
    ...endings(local, silence),
    ...hindrances(exposures, [leader]),
    routing(local, during, exposures),
    broken(record, silence, during),
  ];
  return verdict(record, covers, exposures, { during, ordinaryMs: heartbeatMs, prefix: '' });
}

/**
 * Whether the time in which whoever waited stood still itself is part of what was too long: its timeout goes on then, and
 * the grace behind it is shorter. A timeout that is no longer than the grace stands still with it.
 */
function countsStandstills(record: StressRecord, { heard }: Silence): boolean {
  const { rules, stallGraceMs } = record.cluster;
  return !rules.runningClock || stallGraceMs < timeoutAt(record, heard.untilMs);
}

/** What came last of it by then: that it led no more, or (undefined) that it was elected. What it sent before may come later. */
function endOfReign(
  record: StressRecord,
  leader: NodeId,
  untilMs: number,
): KeptEventOf<'steppedDown'> | undefined {
  const last = lastUntil(
    record,
    untilMs,
    (event) =>
      event.node === leader &&
      (event.type === 'elected' || (event.type === 'steppedDown' && event.from === 'leader')),
  );
  return last?.type === 'steppedDown' ? last : undefined;
}

/**
 * A leader that no quorum answered for T stepped down by itself. It hears a quorum when so many have answered as it takes:
 * who was still slower is no reason, and so the one is asked about that it would have taken.
 */
function explainLostQuorum(record: StressRecord, leader: NodeId, atMs: number): Explained {
  const { voters, heartbeatMs, wiring } = record.cluster;
  const heard = onSharedClock(record, leader, { fromMs: atMs - timeoutAt(record, atMs), untilMs: atMs });
  const local = recordWithin(record, { fromMs: heard.fromMs, untilMs: atMs + outlastingMs });
  const own = record.cluster.rules.runningClock ? stallsOf(local, leader) : [];
  const during = without([heard], own);
  const always = [leader, ...(wiring === 'routed' ? ['supervisor'] : [])].map((thread) =>
    exposureOf(local, thread, during),
  );
  const whole = { forMs: lengthOf([heard]), sinceMs: heard.fromMs };
  const byFollower = voters
    .filter((id) => id !== leader)
    .map((id) => {
      const ended = ending(record, id, atMs);
      if (ended !== null) return { exposures: always, covers: [{ ...ended, ...whole }], mostMs: Infinity };
      const exposures = [...always, exposureOf(local, id, during)];
      const covers = [...hindrances(exposures, [leader, id]), routing(local, during, exposures)];
      return { exposures, covers, mostMs: Math.max(0, ...covers.map(({ forMs }) => forMs)) };
    })
    .toSorted((a, b) => a.mostMs - b.mostMs);
  const needed = byFollower[Math.floor(voters.length / 2) - 1];
  const prefix = `${leader} stepped down because no quorum had answered it: `;
  const about = { during, ordinaryMs: heartbeatMs, prefix };
  return verdict(record, needed?.covers ?? [], needed?.exposures ?? always, about);
}

/** Who is down answers nobody: it is the last that a quorum would have waited for. Null: it is up, for all one knows. */
function ending(
  record: StressRecord,
  id: NodeId,
  atMs: number,
): Pick<Cover, 'cause' | 'thread' | 'words'> | null {
  const last = (holds: (event: KeptEvent) => boolean): KeptEvent | undefined =>
    lastUntil(record, atMs, (event) => event.node === id && holds(event));
  const ended = last(({ type }) => type === 'crashed' || type === 'exited');
  if (ended === undefined || last(({ incarnation }) => incarnation > ended.incarnation) !== undefined) {
    return null;
  }
  const crashed = last(({ type, incarnation }) => type === 'crashed' && incarnation === ended.incarnation);
  const isCrashed = crashed !== undefined;
  return { cause: isCrashed ? 'injectedCrash' : 'exited', thread: id, words: `${id} was down` };
}

/** Its thread ended: no other reason is needed. */
function endings(record: StressRecord, { leader, heard }: Silence): Cover[] {
  const ended = record.events.find(
    (event) =>
      event.node === leader &&
      (event.type === 'crashed' || (event.type === 'exited' && !event.planned)) &&
      isWithin(event.atMs, heard),
  );
  if (ended === undefined) return [];
  const how = ended.type === 'crashed' ? 'was crashed on purpose' : 'had ended by itself';
  return [
    {
      cause: ended.type === 'crashed' ? 'injectedCrash' : 'exited',
      thread: leader,
      forMs: lengthOf([heard]),
      sinceMs: ended.atMs,
      words: `the thread of ${leader} ${how}`,
    },
  ];
}

/** What befalls all threads of the process at once is counted once; what befalls one after the other adds up. */
const ofProcess: ReadonlySet<Hindrance> = new Set(['throttled', 'steal', 'suspended']);
/** Who is heard late because of them is the one who sends: a message counts from its arrival, whatever happens then. */
const ofSender: ReadonlySet<Hindrance> = new Set(['flush', 'mailbox']);

const allHindrances: readonly Hindrance[] = [
  'suspended',
  'throttled',
  'steal',
  'runQueue',
  'garbageCollection',
  'eventLoop',
  'flush',
  'mailbox',
];

function hindrances(exposures: readonly Exposure[], senders: readonly string[]): Cover[] {
  return allHindrances.flatMap((cause) => {
    const involved = exposures.filter(
      ({ thread, ms }) => ms[cause] > 0 && (!ofSender.has(cause) || senders.includes(thread)),
    );
    const worst = involved.toSorted((a, b) => b.ms[cause] - a.ms[cause])[0];
    if (worst === undefined) return [];
    const single = ofProcess.has(cause);
    const forMs = single ? worst.ms[cause] : involved.reduce((sum, { ms }) => sum + ms[cause], 0);
    const sinces = involved.flatMap(({ sinceMs }) => (sinceMs === null ? [] : [sinceMs]));
    const words = wordsFor(cause, worst, involved);
    return [
      {
        cause,
        thread: single ? null : worst.thread,
        forMs,
        sinceMs: sinces.length > 0 ? Math.min(...sinces) : null,
        words,
      },
    ];
  });
}

function wordsFor(cause: Hindrance, worst: Exposure, involved: readonly Exposure[]): string {
  const ms = inMs(worst.ms[cause]);
  switch (cause) {
    case 'suspended':
      return `the process was suspended for ${ms}`;
    case 'throttled':
      return `the quota had run out for ${ms}`;
    case 'steal':
      return `the hypervisor took ${ms}`;
    case 'runQueue': {
      const others = involved
        .filter((exposure) => exposure !== worst && exposure.ms.runQueue >= worst.ms.runQueue / 10)
        .map((exposure) => `${threadName(exposure.thread)} ${inMs(exposure.ms.runQueue)}`);
      const besides = others.length === 0 ? '' : `, ${listed(others)}`;
      return `${threadName(worst.thread)} waited ${ms} for a processor${besides}`;
    }
    case 'garbageCollection':
      return `${worst.thread} collected garbage for ${ms}`;
    case 'eventLoop': {
      const purpose = worst.onPurposeMs > 0 ? `, ${inMs(worst.onPurposeMs)} of it on purpose` : '';
      return `the event loop of ${worst.thread} was blocked for ${ms}${purpose}`;
    }
    case 'flush':
      return `${worst.thread} waited ${ms} for a flush`;
    case 'mailbox':
      return `what reached ${worst.thread} lay in its mailbox for ${ms}`;
  }
}

function threadName(thread: string): string {
  return thread === 'supervisor' ? "the supervisor's thread" : `${thread}'s thread`;
}

/** The router told that it was behind; what its thread waited for a processor is told apart from that. */
function routing(record: StressRecord, during: readonly Span[], exposures: readonly Exposure[]): Cover {
  const behind = commonOf(
    eventsOf(record, 'routerLag').map(({ atMs, lagMs }) => ({ fromMs: atMs - lagMs, untilMs: atMs })),
    during,
  );
  const waited = exposures.find(({ thread }) => thread === 'supervisor')?.ms;
  const forMs = Math.max(0, lengthOf(behind) - (waited?.runQueue ?? 0) - (waited?.throttled ?? 0));
  const sinceMs = behind[0]?.fromMs ?? null;
  return {
    cause: 'router',
    thread: 'supervisor',
    forMs,
    sinceMs,
    words: `the router was behind for ${inMs(forMs)}`,
  };
}

function broken(record: StressRecord, { leader, node }: Silence, during: readonly Span[]): Cover {
  const spans = commonOf(brokenLinkSpans(record, leader, node), during);
  const forMs = lengthOf(spans);
  const words = `the link from ${leader} to ${node} was broken for ${inMs(forMs)}`;
  return { cause: 'link', thread: null, forMs, sinceMs: spans[0]?.fromMs ?? null, words };
}

function verdict(
  record: StressRecord,
  covers: readonly Cover[],
  exposures: readonly Exposure[],
  about: { readonly during: readonly Span[]; readonly ordinaryMs: number; readonly prefix: string },
): Explained {
  const silentMs = lengthOf(about.during);
  const beganMs = about.during[0]?.fromMs ?? 0;
  const best = covers.reduce<Cover | null>(
    (most, cover) => (cover.forMs > (most?.forMs ?? 0) ? cover : most),
    null,
  );
  const tooLongMs = Math.max(0, silentMs - about.ordinaryMs);
  const hostMs = Math.max(
    0,
    ...exposures.map(({ ms }) => ms.steal + (record.busyOnPurpose ? 0 : ms.runQueue)),
  );
  const hostStalled = hostMs > timeoutAt(record, beganMs) - about.ordinaryMs;
  const sinceCell = (atMs: number): number => atMs - record.measured.fromMs;
  if (best === null || best.forMs < leastShare * tooLongMs) {
    const most =
      best === null ? 'no thread was seen to be kept from its work' : `the most is that ${best.words}`;
    const blame: Blame = {
      cause: 'unknown',
      thread: null,
      forMs: 0,
      sinceMs: sinceCell(beganMs),
      evidence: `${about.prefix}nothing covers a third of ${inMs(tooLongMs)}: ${most}`,
    };
    return { blame, hostStalled };
  }
  const blame: Blame = {
    cause: best.cause,
    thread: best.thread,
    forMs: Math.min(best.forMs, silentMs),
    sinceMs: sinceCell(best.sinceMs ?? beganMs),
    evidence: `${about.prefix}of ${inMs(silentMs)} of silence, ${best.words}`,
  };
  return { blame, hostStalled };
}
