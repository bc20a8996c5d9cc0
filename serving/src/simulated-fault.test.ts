import { expect, test } from 'vitest';
import { parseSimulatedFault, skewed } from './simulated-fault.ts';

test('a fault names its delay, skew and when it begins', () => {
  expect(parseSimulatedFault('slow=150ms,skew=0.2,after=600')).toEqual({ text: 'slow=150ms,skew=0.2,after=600', slow: 150, skew: 0.2, after: 600 });
  expect(parseSimulatedFault('skew=-0.1')).toMatchObject({ slow: 0, skew: -0.1, after: 0 });
});

test.each(['slow', 'slow=-1ms', 'slow=fast', 'skew=2', 'after=1,after=2', 'skew=0.1ms', ''])('%j is not understood', (text) => {
  expect(() => parseSimulatedFault(text)).toThrow('SIMULATED_FAULT');
});

test('a skewed probability stays a probability', () => {
  const fault = parseSimulatedFault('skew=0.4');
  expect(skewed(0.9, fault)).toBe(1);
  expect(skewed(0.05, { ...fault, skew: -0.4 })).toBe(0);
});
