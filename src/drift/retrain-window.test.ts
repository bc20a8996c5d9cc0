import { describe, expect, test } from 'vitest';
import { parseYaml } from '../pipeline/parse-yaml.ts';
import { trainingWindowSchema } from '../pipeline/training-window.ts';
import { editTrainingWindow, nextTrainingWindow } from './retrain-window.ts';

const text = `# The rows the next model learns from.
fit: { from: 2013-01-01, to: 2013-04-01 }
calibrate: { from: 2013-04-01, to: 2013-05-01 } # threshold
test: { from: 2013-05-01, to: 2013-06-01 }
`;
const current = parseYaml({ path: 'training-window.yaml', text, code: 'pipeline-invalid' }, trainingWindowSchema);
const day = 86_400_000;
const retrain = { test: 28 * day, calibrate: 28 * day, wait: 28 * day, merge: 'manual' as const };
const next = nextTrainingWindow(current, Date.parse('2013-12-02T00:00:00Z'), retrain);

describe('the retrain window', () => {
  test('tests on the last labelled days, calibrates before them and fits on everything from the old start', () => {
    expect(next).toEqual({
      fit: { from: '2013-01-01', to: '2013-10-07' },
      calibrate: { from: '2013-10-07', to: '2013-11-04' },
      test: { from: '2013-11-04', to: '2013-12-02' },
    });
  });

  test('there is none before enough labelled days have passed', () => {
    expect(nextTrainingWindow(current, Date.parse('2013-02-20T00:00:00Z'), retrain)).toBeUndefined();
  });

  test('only the days change in the file: comments, order and style stay', () => {
    if (next === undefined) throw new Error('no window');
    expect(editTrainingWindow(text, next, 'training-window.yaml')).toBe(`# The rows the next model learns from.
fit: { from: 2013-01-01, to: 2013-10-07 }
calibrate: { from: 2013-10-07, to: 2013-11-04 } # threshold
test: { from: 2013-11-04, to: 2013-12-02 }
`);
  });

  test('a file without the ranges is a user error that names what is missing', () => {
    if (next === undefined) throw new Error('no window');
    expect(() => editTrainingWindow('fit: { from: 2013-01-01 }', next, 'w.yaml')).toThrow(/w\.yaml has no fit\.to/);
  });
});
