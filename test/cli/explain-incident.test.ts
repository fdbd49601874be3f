import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cellOf, incidentOf, stressResultOf } from '../stress-fixture.js';
import { electorate } from './electorate.js';

async function resultFile(
  t: ExecutionContext,
  incidents: readonly ReturnType<typeof incidentOf>[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-explain-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'stress.json');
  await writeFile(
    file,
    JSON.stringify(stressResultOf([cellOf('none', 1), cellOf('burners:4x', 1, { incidents })])),
  );
  return file;
}

test.serial('an incident of a stress run is told with who is to blame', async (t) => {
  const file = await resultFile(t, [
    incidentOf({ atMs: 900 }),
    incidentOf({ outcome: 'saved', hostStalled: true }),
  ]);
  const { code, stdout, stderr } = await electorate(['explain', file, '--incident', '2']);
  t.is(code, 0, stderr);
  t.is(
    stdout,
    [
      'Incident 2 of 2: burners:4x, round 1, at 12.346 s: n3 gives n1 up in term 4 → saved by pre-vote; the host stood still',
      'n1 was ready to run and got no processor for 148 ms of 155 ms of silence.',
      '',
      '  contention       burners:4x',
      '  round            1',
      '  at               12.346 s after the start',
      '  gave up          n1, by n3',
      '  term             4',
      '  what came of it  saved by pre-vote',
      '  cause            no processor was free',
      '  thread           n1',
      '  which covers     148.0 ms',
      '  since            12.190 s',
      '  the host itself  stood still, too',
      '',
    ].join('\n'),
  );
});

test.serial('an incident that is none, and what goes with no incident, is refused', async (t) => {
  const file = await resultFile(t, [incidentOf()]);
  for (const [args, message] of [
    [['--incident', '2'], 'error: Expected `--incident` to be a whole number from 1 to 1, got 2\n'],
    [[], `error: Expected \`--incident\` to name an incident of the stress run in ${file}, got undefined\n`],
    [
      ['--incident', '1', '--trial', '1'],
      'error: Expected `--trial` to be left out beside `--incident`, got 1\n',
    ],
  ] as const) {
    const { code, stderr } = await electorate(['explain', file, ...args]);
    t.is(code, 2);
    t.is(stderr, message);
  }
  const quiet = await electorate(['explain', await resultFile(t, []), '--incident', '1']);
  t.is(quiet.code, 2);
  t.regex(quiet.stderr, /there is none in the result/u);
});
