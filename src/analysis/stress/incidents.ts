/** Every time a leader was given up or a term began, each with what came of it and why. Pure. */
import { explainSilence, silenceBefore, type Explained } from './blame.js';
import { isInFailover, type Loss } from './losses.js';
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
  const steps = termsOf(record).filter(({ atMs }) => isWithin(atMs, measured) && !isInFailover(losses, atMs));
  const suspicions = eventsOf(record, 'suspected').filter(
    (event): event is Suspicion =>
      event.leaderId !== null && isWithin(event.atMs, measured) && !isOfCrash(event, losses),
  );
  const ledTo = new Map(suspicions.map((suspicion) => [suspicion, stepAfter(record, suspicion)]));

  const incidents: Incident[] = losses.map((loss) => crashIncident(record, loss));
  for (const suspicion of suspicions) {
    const step = ledTo.get(suspicion) ?? null;
    if (step === null || !steps.some(({ term }) => term === step.term))
      incidents.push(savedIncident(record, suspicion));
  }
  let before: Incident | null = null;
  for (const step of steps) {
    const leadingTo = suspicions.filter((suspicion) => ledTo.get(suspicion)?.term === step.term);
    before = stepIncident(record, { step, leadingTo, reigns, before });
    incidents.push(before);
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
function stepAfter(record: StressRecord, { node, leaderId, term, atMs }: Suspicion): TermStep | null {
  const step = termsOf(record).find((candidate) => candidate.term > term && candidate.atMs >= atMs);
  if (step === undefined) return null;
  const heardAgain = eventsOf(record, 'leaderKnown').some(
    (event) =>
      event.node === node &&
      event.leaderId === leaderId &&
      event.term === term &&
      event.atMs > atMs &&
      event.atMs < step.atMs,
  );
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

interface StepContext {
  readonly step: TermStep;
  /** Who had given the leader up, and not heard it since. */
  readonly leadingTo: readonly Suspicion[];
  readonly reigns: readonly Reign[];
  /** The step before. */
  readonly before: Incident | null;
}

function stepIncident(record: StressRecord, context: StepContext): Incident {
  const { step, reigns } = context;
  const { atMs, node, term } = step;
  const last = reigns.findLast((reign) => reign.term < term) ?? null;
  const winner = reigns.find((reign) => reign.term === term);
  return {
    atMs: atMs - record.measured.fromMs,
    node,
    leader: last?.node ?? null,
    term,
    outcome: winner !== undefined && winner.node !== last?.node ? 'elected' : 'termStep',
    ...explainStep(record, context),
  };
}

function explainStep(record: StressRecord, { step, leadingTo, reigns, before }: StepContext): Explained {
  const suspicion = leadingTo.find(({ node }) => node === step.node) ?? leadingTo[0];
  if (suspicion !== undefined) return explainSilence(record, silenceBefore(record, suspicion));
  // Nobody had given a leader up in the meantime: the last term had elected nobody, its leader was not heard yet, or it
  // had stepped down and stood once more.
  const reign = reignAt(reigns, step.atMs);
  if (reign?.term === step.term - 1) {
    const heard = { fromMs: reign.electedMs, untilMs: step.atMs };
    return explainSilence(record, { node: step.node, leader: reign.node, heard });
  }
  if (before !== null) {
    const { blame, hostStalled } = before;
    const evidence = `term ${step.term - 1} had elected nobody; it had begun since ${blame.evidence}`;
    return { blame: { ...blame, evidence }, hostStalled };
  }
  const blame: Blame = {
    cause: 'unknown',
    thread: null,
    forMs: 0,
    sinceMs: step.atMs - record.measured.fromMs,
    evidence: `${step.node} stood in term ${step.term} without having given a leader up`,
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
