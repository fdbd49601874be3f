/** From what was recorded of an election to what the report shows of it. */
import type { Explanation } from '../analysis/explanation.js';
import type { RecordedRound, Timeline } from '../analysis/timeline.js';
import type { Trial } from '../analysis/trial.js';
import type { PageLanes, PageMessage, PageRow, PageStory } from './page/data.js';

/** Null where no timeline was kept. */
export function storyOf({ crashed, timeline }: Trial, { verdict, rows }: Explanation): PageStory | null {
  if (timeline === null) return null;
  return {
    verdict,
    rows: rows.map(({ atMs, node, text, tone }): PageRow => [atMs, node, text, tone]),
    lanes: lanesOf(crashed, timeline),
  };
}

function lanesOf(crashed: string | null, timeline: Timeline): PageLanes {
  const { rounds, writes, suspicions, reigns, known } = timeline;
  const survivors = rounds.flatMap(({ node, requests }) => [node, ...requests.map(({ to }) => to)]);
  const nodes = [...new Set<string>(survivors)].toSorted();
  const lane = (node: string): number => nodes.indexOf(node);
  const moments: PageLanes['moments'] = [
    ...suspicions.map(
      ({ node, atMs }) =>
        [lane(node), atMs, 'suspected', `${node} gives ${crashed ?? 'its leader'} up`] as const,
    ),
    ...rounds.map(({ node, openedMs, phase, term }) => {
      const what = phase === 'preVote' ? 'pre-vote' : 'vote';
      return [lane(node), openedMs, 'stood', `${node} opens a ${what} of term ${term}`] as const;
    }),
    ...known.map(
      ({ node, atMs, leader }) => [lane(node), atMs, 'known', `${node} follows ${leader}`] as const,
    ),
    ...reigns.flatMap(({ node, term, electedMs, readyMs }) => [
      [lane(node), electedMs, 'elected', `${node} is elected in term ${term}`] as const,
      ...(readyMs === null
        ? []
        : [[lane(node), readyMs, 'ready', `${node} has committed its first entry`] as const]),
    ]),
  ];
  const times = moments.map(([, atMs]) => atMs);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const margin = Math.max((last - first) * 0.04, 0.02);
  const [fromMs, toMs] = [first - margin, last + margin];
  return {
    nodes,
    fromMs,
    toMs,
    moments,
    writes: writes
      .map(({ node, atMs, tookMs }) => [lane(node), atMs, Math.min(atMs + tookMs, toMs)] as const)
      .filter(([node, atMs]) => node >= 0 && atMs >= fromMs && atMs <= toMs),
    messages: rounds
      .flatMap((round) => messagesOf(round, lane))
      .filter(([, , , arrivedMs]) => arrivedMs <= toMs),
  };
}

/** Requests and answers that were seen to leave and to arrive. */
function messagesOf({ node, requests }: RecordedRound, lane: (node: string) => number): PageMessage[] {
  return requests.flatMap(({ to, sentMs, arrivedMs, decidedMs, answer, answerArrivedMs }) => {
    const messages: PageMessage[] = [];
    if (sentMs !== null && arrivedMs !== null) {
      messages.push([lane(node), sentMs, lane(to), arrivedMs, 'request']);
    }
    if (decidedMs !== null && answerArrivedMs !== null) {
      const kind = answer === 'granted' ? 'granted' : 'refused';
      messages.push([lane(to), decidedMs, lane(node), answerArrivedMs, kind]);
    }
    return messages;
  });
}
