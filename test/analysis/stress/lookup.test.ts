import test from 'ava';
import { firstThat } from '../../../src/analysis/stress/lookup.js';

test('every place in lists of every length up to nine is found, and the end where there is none', (t) => {
  for (let length = 0; length <= 9; length += 1) {
    const items = Array.from({ length }, (_, at) => at);
    for (let place = 0; place <= length; place += 1) {
      t.is(
        firstThat(items, (item) => item >= place),
        place,
      );
    }
  }
});

test('of equal ones it is the first, and few are looked at', (t) => {
  t.is(
    firstThat([1, 2, 2, 2, 3], (item) => item >= 2),
    1,
  );
  let looks = 0;
  firstThat(Array<number>(1_000_000).fill(1), () => {
    looks += 1;
    return false;
  });
  t.true(looks <= 20, `${looks}`);
});
