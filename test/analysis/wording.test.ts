import test from 'ava';
import { timeoutWord } from '../../src/analysis/wording.js';
import { resolveClusterOptions } from '../../src/options.js';

test('T is one figure, or its bounds where it adapts; a result of before it could reads as it did', (t) => {
  t.is(timeoutWord(resolveClusterOptions()), '150');
  t.is(timeoutWord(resolveClusterOptions({ electionTimeoutMs: 'adaptive' })), 'adaptive, 50 to 2000');
  t.is(timeoutWord({ electionTimeoutMs: 12.5 }), '12.5');
});
