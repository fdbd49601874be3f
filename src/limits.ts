/** Every bound in one place. Times in milliseconds. */

/** A timer of Node.js holds no longer delay than this. */
export const maxDurationMs = 0x7fff_ffff;
/** Below this a leader's timer can't keep up: it is the grain of `setTimeout`. */
export const minHeartbeatMs = 1;
/** A node costs a thread. */
export const maxNodes = 101;
/** Ids name folders and threads. */
export const maxNodeIdLength = 64;

/** How many peer messages and proposals wait in each lane of a mailbox, by default. */
export const defaultMailboxBounds: { readonly control: number; readonly data: number } = Object.freeze({
  control: 1024,
  data: 4096,
});
export const maxMailboxBound = 1_000_000;
/** So many of one kind a sender may have waiting in a lane, however many share it; a lane of no more has no shares. */
const leastShare = 8;
/** Kinds of messages that one sender has under way at once, and some room. */
const kindsAtOnce = 4;

/** How many messages of one kind one of so many peers may have waiting in a lane of that bound. */
export function shareOfLane(bound: number, peers: number): number {
  return Math.max(leastShare, Math.floor(bound / (kindsAtOnce * Math.max(1, peers))));
}
/** How many entries one AppendEntries carries, by default and at most. */
export const defaultAppendEntries = 64;
export const maxAppendEntries = 10_000;

/** How long a node may take to open its store and report. */
export const openTimeoutMs = 30_000;
/** How long a node whose port was closed may take to end by itself before it is terminated. */
export const stopGraceMs = 2_000;
/** How long the supervisor may take to stop everything before its thread is terminated, nodes included. */
export const supervisorStopMs = 10_000;

/** How many messages may be on slow links at once; what comes on top is dropped, as a network would. */
export const maxDelayedMessages = 100_000;
/** A router lag worth an event. */
export const routerLagMs = 5;
/** Reports that could come with every message (router lag, rejected messages) come at most this often each. */
export const reportIntervalMs = 1_000;
/** Stalls of one thread that are told, the longest of each second on top: on a busy machine there may be hundreds. */
export const stallsPerSecond = 50;

/** How deep a proposed value may be nested: each level is a call on the way to the store and back. */
export const maxValueDepth = 100;
/** How many parts it may have: shared ones, counted each time, could otherwise be more than can be visited. */
export const maxValueParts = 1_000_000;
/** How many inputs a node handles before its event loop gets a turn. */
export const turnsPerSlice = 64;
/** How many batches a node takes off its port in one go, before an expiry. */
export const maxDrainedBatches = 1024;
/** Elections that a node rehearses before it takes part: some ten milliseconds of its thread. */
export const rehearsedElections = 20;
/** A node's short-lived objects take this much memory at most, in MB; without a bound they take it all before they go. */
export const youngGenerationMb = 1;
/**
 * And the others this much. With more to fill, V8 leaves lying what a thread's start has made: a megabyte of each node.
 */
export const oldGenerationMb = 1_024;

/** How many threads or processes a contention burns with: beyond this they only take memory. */
export const maxBurners = 1024;
/** How much memory a node may be made to allocate, in MB a second; no thread allocates much more. */
export const maxMegabytesPerSecond = 1_000;
/** What a burden keeps of that at most, at one time, so that the garbage collector finds something. */
export const maxKeptMb = 32;
/** How many times the bound of a mailbox a flood sends, ten times a second. */
export const maxFill = 10;
/** The longest period of a burden that comes and goes. */
export const maxBurdenMs = 60_000;
