/** Every time a leader was given up or a term began, each with what came of it and why. Pure. */
import { explainSilence, silenceBefore, type Explained } from './blame.js';
import { firstThat, grouped } from './lookup.js';
import { isInFailover, type Loss } from './losses.js';
import type { Term } from '../../raft/brands.js';
import { eventsOf, isWithin, type KeptEventOf, type StressRecord } from './record.js';
import { reignAt, reignsOf, termsOf, type Reign, type TermStep } from './reigns.js';
import type { Blame, Incident } from './stress-result.js';
import { inMs } from '../wording.js';

type Suspicion = KeptEventOf<'suspected'> & { readonly leaderId: NonNullable<Incident['leader']> };

/**
 * One for each term that no crash had made necessary, with the suspicions that led to it; one for each suspicion that
 * came to nothing; one for each leader that was crashed. So terms and false elections are counted once.
 */
export function incidentsOf(record: StressRecord, losses: readonly Loss[]): Incident[] {
  const { measured } = record;
  const reigns = reignsOf(record);
  const terms = termsOf(record);
  const steps = terms.filter(({ atMs }) => isWithin(atMs, measured) && !isInFailover(losses, atMs));
  const suspicions = eventsOf(record, 'suspected').filter(
    (event): event is Suspicion =>
      event.leaderId !== null && isWithin(event.atMs, measured) && !isOfCrash(event, losses),
  );
  /** The term of each; null: it led to none. */
  const ledTo = new Map(
    suspicions.map((suspicion) => [suspicion, stepAfter(record, terms, suspicion)?.term ?? null]),
  );
  const leading = grouped(suspicions, (suspicion) => ledTo.get(suspicion) ?? null);
  const needless = new Set<Term | null>(steps.map(({ term }) => term));

  const incidents: Incident[] = losses.map((loss) => crashIncident(record, loss));
  for (const [suspicion, term] of ledTo) {
    if (!needless.has(term)) incidents.push(savedIncident(record, suspicion));
  }
  /** The last term that had a reason of its own. */
  let origin: { readonly term: Term; readonly explained: Explained } | null = null;
  for (const step of steps) {
    const own: Explained | null = explainStep(record, step, leading.get(step.term) ?? [], reigns);
    if (own !== null) origin = { term: step.term, explained: own };
    const explained = own ?? (origin === null ? unexplained(record, step) : leftBy(origin));
    incidents.push(stepIncident(record, step, reigns, explained));
  }
  return incidents.toSorted((a, b) => a.atMs - b.atMs);
}

/** A leader was given up because it had been crashed: that is what the failover tells. */
function isOfCrash(
  { leaderId, term, atMs }: Suspicion | KeptEventOf<'suspected'>,
  losses: readonly Loss[],
): boolean {
  return losses.some((loss) => loss.crashed === leaderId && loss.term === term && atMs >= loss.atMs);
}

/** The term that began before the suspecting node heard its leader again; null: it heard it first. */
function stepAfter(
  record: StressRecord,
  terms: readonly TermStep[],
  { node, leaderId, term, atMs }: Suspicion,
): TermStep | null {
  let at = firstThat(terms, (candidate) => candidate.term > term);
  while ((terms[at]?.atMs ?? atMs) < atMs) at += 1;
  const step = terms[at];
  if (step === undefined) return null;
  const heard = eventsOf(record, 'leaderKnown');
  const heardAgain = heard
    .slice(
      firstThat(heard, (event) => event.atMs > atMs),
      firstThat(heard, (event) => event.atMs >= step.atMs),
    )
    .some((event) => event.node === node && event.leaderId === leaderId && event.term === term);
  return heardAgain ? null : step;
}

function savedIncident(record: StressRecord, suspicion: Suspicion): Incident {
  const { atMs, node, leaderId, term } = suspicion;
  return {
    atMs: atMs - record.measured.fromMs,
    node,
    leader: leaderId,
    term,
    outcome: 'saved',
    ...explainSilence(record, silenceBefore(record, suspicion)),
  };
}

function stepIncident(
  record: StressRecord,
  { atMs, node, term }: TermStep,
  reigns: readonly Reign[],
  explained: Explained,
): Incident {
  const place = firstThat(reigns, (reign) => reign.term >= term);
  const last = reigns[place - 1] ?? null;
  const winner = reigns[place]?.term === term ? reigns[place] : undefined;
  return {
    atMs: atMs - record.measured.fromMs,
    node,
    leader: last?.node ?? null,
    term,
    outcome: winner !== undefined && winner.node !== last?.node ? 'elected' : 'termStep',
    ...explained,
  };
}

/**
 * By the silence that the one who stood, or the first of the others, had given the leader up for. Without any: its leader
 * was not heard yet, or had stepped down and stood once more.
 * @param leadingTo who had given the leader up, and not heard it since
 * @returns null where the term before had elected nobody
 */
function explainStep(
  record: StressRecord,
  step: TermStep,
  leadingTo: readonly Suspicion[],
  reigns: readonly Reign[],
): Explained | null {
  const suspicion = leadingTo.find(({ node }) => node === step.node) ?? leadingTo[0];
  if (suspicion !== undefined) return explainSilence(record, silenceBefore(record, suspicion));
  const reign = reignAt(reigns, step.atMs);
  if (reign?.term !== step.term - 1) return null;
  const heard = { fromMs: reign.electedMs, untilMs: step.atMs };
  return explainSilence(record, { node: step.node, leader: reign.node, heard });
}

/** One term led to the next, for nobody won. */
function leftBy({ term, explained }: { readonly term: Term; readonly explained: Explained }): Explained {
  const { blame, hostStalled } = explained;
  const evidence = `nobody had been elected since term ${term} began: ${blame.evidence}`;
  return { blame: { ...blame, evidence }, hostStalled };
}

function unexplained({ measured }: StressRecord, { atMs, node, term }: TermStep): Explained {
  const blame: Blame = {
    cause: 'unknown',
    thread: null,
    forMs: 0,
    sinceMs: atMs - measured.fromMs,
    evidence: `${node} stood in term ${term} without having given a leader up`,
  };
  return { blame, hostStalled: false };
}

function crashIncident({ measured }: StressRecord, { crashed, atMs, term, successor }: Loss): Incident {
  const electedMs = successor === null ? measured.untilMs - atMs : successor.electedMs - atMs;
  const outcome =
    successor === null ? 'nobody followed it' : `${successor.node} followed it after ${inMs(electedMs)}`;
  return {
    atMs: atMs - measured.fromMs,
    node: successor?.node ?? crashed,
    leader: crashed,
    term,
    outcome: 'failover',
    hostStalled: false,
    blame: {
      cause: 'injectedCrash',
      thread: crashed,
      forMs: electedMs,
      sinceMs: atMs - measured.fromMs,
      evidence: `${crashed} was crashed on purpose; ${outcome}`,
    },
  };
}
