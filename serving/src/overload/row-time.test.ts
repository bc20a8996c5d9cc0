import { expect, test } from 'vitest';
import { RowTime, type LoopTimes } from './row-time.ts';

/** A row time over a scripted event loop: `window` runs rows in so many active of 100 milliseconds. */
function scripted() {
  let now = 0;
  let times: LoopTimes = { active: 0, idle: 0 };
  const rowTime = new RowTime(0, () => times);
  return {
    rowTime,
    window: ({ rows, active, refused = 0 }: { readonly rows: number; readonly active: number; readonly refused?: number }) => {
      rowTime.ran(rows);
      for (let row = 0; row < rows; row += 1) rowTime.answered();
      for (let index = 0; index < refused; index += 1) rowTime.refused();
      now += 100;
      times = { active: times.active + active, idle: times.idle + 100 - active };
      rowTime.look(now);
    },
  };
}

test('a row takes what the busy loop spent on each', () => {
  const { rowTime, window } = scripted();
  window({ rows: 500, active: 100 });
  expect(rowTime.milliseconds).toBeCloseTo(0.2);
});

test('a loop that mostly waits says nothing of a row yet', () => {
  const { rowTime, window } = scripted();
  window({ rows: 20, active: 20 });
  expect(rowTime.milliseconds).toBeUndefined();
});

test('one long pause among few rows is forgotten under low traffic too', () => {
  const { rowTime, window } = scripted();
  window({ rows: 8, active: 100 });
  expect(rowTime.milliseconds).toBeCloseTo(12.5);
  for (let index = 0; index < 20; index += 1) window({ rows: 20, active: 6 });
  expect(rowTime.milliseconds).toBeLessThan(0.4);
});

test('the time of refusals is not taken for that of rows', () => {
  const { rowTime, window } = scripted();
  window({ rows: 500, active: 100 });
  window({ rows: 50, active: 100, refused: 1000 });
  expect(rowTime.milliseconds).toBeCloseTo(0.2);
});
