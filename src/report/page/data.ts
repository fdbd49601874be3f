/** What a report carries for its own script, as JSON. Shared by the writer and the page, so it depends on nothing. */

export interface PageData {
  /** What can be read off each chart, by its name. */
  readonly charts: Readonly<Record<string, PageReading>>;
  readonly trials: readonly PageTrial[];
}

/** As `Reading` of a chart: points in the order in which keys move through them. */
export interface PageReading {
  readonly nearest: 'x' | 'xy';
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly trials?: readonly number[] | undefined;
  readonly texts?: readonly string[] | undefined;
}

/** One election. Times in ms, rounded to a microsecond. */
export interface PageTrial {
  /** Null where a new cluster was started. */
  readonly crashed: string | null;
  readonly winner: string;
  /** detect, lost rounds, pre-vote, vote, establish, ready: they follow each other from the crash on. */
  readonly phases: readonly number[];
  readonly marks: readonly string[];
  /** Label and value of everything else that is known. */
  readonly facts: readonly (readonly [label: string, value: string])[];
}
