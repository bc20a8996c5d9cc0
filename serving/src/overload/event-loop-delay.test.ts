import { expect, test } from 'vitest';
import { EventLoopDelay } from './event-loop-delay.ts';

test('one long turn is no delay, two in a row are', () => {
  const start = performance.now();
  const delay = new EventLoopDelay();
  delay.stop();
  delay.observe(start + 520);
  expect(delay.milliseconds).toBe(0);
  delay.observe(start + 940);
  expect(delay.milliseconds).toBeCloseTo(400, 0);
  delay.observe(start + 960);
  expect(delay.milliseconds).toBe(0);
});
