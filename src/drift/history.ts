import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Chart } from '../verdict/verdict.ts';

const recordSchema = z.strictObject({
  schema: z.literal('taxiway/drift-record/v1'),
  model: z.string(),
  environment: z.string(),
  /** The as-of day, YYYY-MM-DD: one record a day. */
  day: z.string(),
  version: z.number().int(),
  rows: z.number().int(),
  result: z.enum(['healthy', 'alarm', 'degraded', 'inconclusive']),
  /** Ids of the findings that signalled and may alarm. */
  signals: z.array(z.string()),
  /** Every finite value by finding id, for charts and baselines. */
  values: z.record(z.string(), z.number()),
  /** 95 % intervals of the values that have one. */
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type DriftRecord = z.infer<typeof recordSchema>;

function historyPrefix(model: string, environment: string): string {
  return `drift/${model}/${environment}/`;
}

/** Create-only: the first check of a day stands, and repeating it changes nothing. */
export async function writeDriftRecord(store: ArtifactStore, record: DriftRecord): Promise<void> {
  await store.create(`${historyPrefix(record.model, record.environment)}${record.day}.json`, Buffer.from(canonicalJson(record)));
}

/** All records of a model in an environment, oldest first. */
export async function readDriftHistory(store: ArtifactStore, model: string, environment: string): Promise<DriftRecord[]> {
  const records: DriftRecord[] = [];
  for (const key of await store.list(historyPrefix(model, environment))) {
    const stored = await store.read(key);
    if (stored !== undefined) records.push(recordSchema.parse(JSON.parse(Buffer.from(stored.body).toString('utf8'))));
  }
  return records.sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** Values of some findings over time, one series each; for verdicts, pull requests and the report. */
export function driftChart(records: readonly DriftRecord[], chart: Pick<Chart, 'id' | 'title' | 'yLabel'> & { findings: readonly { id: string; name: string }[] }): Chart {
  return {
    id: chart.id,
    title: chart.title,
    kind: 'line',
    xLabel: 'checked on',
    yLabel: chart.yLabel,
    series: chart.findings.map(({ id, name }) => ({
      name,
      points: records.flatMap((record): [string, number][] => {
        const value = record.values[id];
        return value === undefined ? [] : [[record.day, value]];
      }),
    })),
  };
}

/** Median of a value over the earlier records of one version; undefined without any. */
export function medianOfHistory(records: readonly DriftRecord[], id: string): number | undefined {
  const values = records.flatMap((record) => record.values[id] ?? []).sort((a, b) => a - b);
  return values[Math.floor((values.length - 1) / 2)];
}
