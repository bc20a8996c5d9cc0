import { describe, expect, test } from 'vitest';
import type { Table } from '../data/table.ts';
import type { DriftSection } from '../pipeline/schema/drift.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { createRandom } from '../statistics/random.ts';
import { detectFeatureDrift } from './feature-drift.ts';
import type { Finding } from './finding.ts';
import { buildReferenceProfile, parseReferenceProfile, referenceProfileBytes, type ReferenceProfile } from './reference-profile.ts';

const day = 86_400_000;
const drift = {
  'minimum-rows': 2000,
  psi: { threshold: 0.1, bins: 10, 'false-discovery-rate': 0.05 },
  ks: { threshold: 0.1 },
  'alarm-columns': ['delay', 'origin'],
  'slice-by': 'origin',
  'slice-columns': ['delay'],
} as unknown as DriftSection;
const definition = {
  data: { dataset: { 'event-time': 'time' }, label: { column: 'late' } },
  columns: { origin: { role: 'feature' }, delay: { role: 'feature' }, late: { role: 'label' } },
  drift,
} as unknown as PipelineDefinition;

/** Rows of `days` days, 100 a day, a third of them at each airport; every day has its own mood. */
function rows(days: number, seed: string, frozen?: string): Table {
  const random = createRandom(seed);
  const origins = ['EWR', 'JFK', 'LGA'];
  const [time, delay, late, origin]: [number[], number[], number[], string[]] = [[], [], [], []];
  for (let at = 0; at < days; at++) {
    const mood = random.normal();
    for (let row = 0; row < 100; row++) {
      const airport = origins[row % 3] ?? '';
      time.push(at * day + row);
      origin.push(airport);
      delay.push(airport === frozen ? 0 : 5 * random.normal() + mood);
      late.push(row % 5 === 0 ? 1 : 0);
    }
  }
  return { rows: time.length, numbers: new Map([['time', Float64Array.from(time)], ['delay', Float64Array.from(delay)], ['late', Float64Array.from(late)]]), strings: new Map([['origin', origin]]) };
}

function profile(): ReferenceProfile {
  const estimate = { value: 0.9, interval: [0.88, 0.92], sampleSize: 3000 } as const;
  const scored = (table: Table) => ({ table, scores: new Float64Array(table.rows).fill(0.3) });
  return buildReferenceProfile({ definition, fit: scored(rows(90, 'fit')), performance: { accuracy: estimate, recall: estimate }, threshold: 0.5 });
}
const find = (current: Table): Map<string, Finding> => new Map(detectFeatureDrift({ profile: profile(), current, drift, windowDays: 28 }).map((finding) => [finding.id, finding]));

describe('feature drift', () => {
  test('an undisturbed window is quiet, in the pool and in every slice', () => {
    const findings = find(rows(28, 'another month'));
    expect([...findings.values()].filter(({ state }) => state === 'signal')).toEqual([]);
    expect([...findings.keys()]).toEqual(expect.arrayContaining(['psi.delay', 'psi.origin', 'psi.EWR/delay', 'ks.delay']));
  });

  test('a feed frozen at one airport signals there, and says which bins moved', () => {
    const frozen = find(rows(28, 'outage', 'EWR')).get('psi.EWR/delay');
    expect(frozen).toMatchObject({ state: 'signal', alarming: true, sampleSize: 952 });
    expect(frozen?.message).toMatch(/moved: .*→ 100\.0 %/);
  });

  test('an empty window is inconclusive, not stable', () => {
    expect(find({ rows: 0, numbers: new Map([['delay', new Float64Array(0)]]), strings: new Map([['origin', []]]) }).get('psi.delay')?.state).toBe('inconclusive');
  });

  test('the profile is the same bytes every time and survives its own reading', () => {
    const bytes = referenceProfileBytes(profile());
    expect(bytes).toEqual(referenceProfileBytes(profile()));
    expect(parseReferenceProfile(JSON.parse(Buffer.from(bytes).toString()))).toEqual(profile());
  });
});
