/** What a report carries for its own script, as JSON. Shared by the writer and the page, so it depends on nothing. */

export interface PageData {
  /** What can be read off each chart, by its name. */
  readonly charts: Readonly<Record<string, PageReading>>;
  /** What opens: the elections of a benchmark, or the incidents of a stress run. */
  readonly trials: readonly PageTrial[];
  readonly incidents: readonly PageIncident[];
}

/** As `Reading` of a chart: points in the order in which keys move through them. */
export interface PageReading {
  readonly nearest: 'x' | 'xy';
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly opens?: readonly number[] | undefined;
  readonly texts?: readonly string[] | undefined;
}

/** One election. Times in ms, rounded to a microsecond. */
export interface PageTrial {
  /** E.g. `Trial 17`; with its cell in front where there are several results. */
  readonly name: string;
  /** Null where a new cluster was started. */
  readonly crashed: string | null;
  readonly winner: string;
  /** detect, lost rounds, pre-vote, vote, establish, ready: they follow each other from the crash on. */
  readonly phases: readonly number[];
  readonly marks: readonly string[];
  /** Label and value of everything else that is known. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Null where no timeline was kept, or the report would have become too large. */
  readonly story: PageStory | null;
}

/** Somebody gave a leader up. */
export interface PageIncident {
  readonly name: string;
  /** Who is to blame, with the figures that show it. */
  readonly sentence: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
}

/** An election as it went. Times in ms from the crash. */
export interface PageStory {
  readonly verdict: string;
  readonly rows: readonly PageRow[];
  readonly lanes: PageLanes;
}

export type PageRow = readonly [atMs: number, node: string, text: string, tone: 'plain' | 'good' | 'bad'];

/** One lane a node, with what it did and what it sent. Nodes by their place in `nodes`. */
export interface PageLanes {
  readonly nodes: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly writes: readonly (readonly [node: number, fromMs: number, toMs: number])[];
  readonly messages: readonly PageMessage[];
  readonly moments: readonly (readonly [node: number, atMs: number, kind: PageMoment, text: string])[];
}

export type PageMessage = readonly [
  from: number,
  sentMs: number,
  to: number,
  arrivedMs: number,
  kind: 'request' | 'granted' | 'refused',
];

export type PageMoment = 'suspected' | 'stood' | 'elected' | 'ready' | 'known';
