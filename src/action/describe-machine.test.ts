import { expect, it } from 'vitest';
import { describeMachine } from './describe-machine.ts';

it('names processor, system and runtime in one line', () => {
  expect(describeMachine()).toMatch(/^\S.*, \w+ \w+, Node \d+\.\d+\.\d+$/);
});
