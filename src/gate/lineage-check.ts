import { z } from 'zod';
import type { ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, isDigest, shortDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { type DayRange, trainingWindowSchema } from '../pipeline/training-window.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { Study } from '../tuning/study.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Candidate } from './candidate.ts';

/** What decided something of a candidate, and the day (UTC) before which all the rows lie that it has seen. */
export interface Ancestor {
  readonly name: string;
  readonly until: string;
}

export interface Lineage {
  readonly ancestors: readonly Ancestor[];
  /** Ancestors of which nobody can say any more what they have seen. */
  readonly unknown: readonly string[];
}

export interface LineageContext {
  readonly artifacts: ArtifactRepository;
  readonly store: ArtifactStore;
  /** Name of the pipeline, whose studies these are. */
  readonly pipeline: string;
}

const metadataSchema = z.looseObject({ window: trainingWindowSchema, tuned: z.looseObject({ study: z.string() }).optional() });

/** The candidate itself, the warm starts behind it, one before the other, and the studies that any of them took parameters from. @throws UserError artifact-corrupt, study-corrupt */
export async function readLineage(candidate: Digest, context: LineageContext): Promise<Lineage> {
  const ancestors: Ancestor[] = [];
  const unknown: string[] = [];
  let next: Digest | undefined = candidate;
  while (next !== undefined) {
    const name = `candidate ${shortDigest(next)}`;
    const manifest = await readManifest(next, context.artifacts);
    const parsed = metadataSchema.safeParse(manifest?.metadata);
    if (parsed.success) ancestors.push({ name, until: parsed.data.window.calibrate.to });
    else unknown.push(manifest === undefined ? `${name} is no longer in the store` : `${name} does not name its window`);
    const study = parsed.data?.tuned?.study;
    if (study !== undefined) {
      const found = await Study.find(context.store, { pipeline: context.pipeline, study });
      const window = found?.record.window;
      if (window !== undefined) ancestors.push({ name: `study ${study}`, until: window.calibrate.to });
      else unknown.push(found === undefined ? `study ${study} is no longer in the store` : `study ${study} does not name its window`);
    }
    const parent: string | undefined = manifest?.parents['warm-start'];
    next = parent !== undefined && isDigest(parent) ? parent : undefined;
  }
  return { ancestors, unknown };
}

async function readManifest(digest: Digest, artifacts: ArtifactRepository) {
  try {
    return (await artifacts.read('candidate', digest)).manifest;
  } catch (error) {
    if (error instanceof UserError && error.code === 'artifact-missing') return undefined;
    throw error;
  }
}

/** Those that have seen a day of the test window, or a later one: what they know of it, the test would count as foresight. */
export function seenTestRows({ ancestors }: Lineage, test: DayRange): Ancestor[] {
  return ancestors.filter(({ until }) => until > test.from);
}

/** Nothing to check where a candidate began with fresh weights and the pipeline file's own parameters. */
export async function lineageCheck({ artifact, metadata }: Candidate, context: LineageContext): Promise<Check[]> {
  const { test } = metadata.window;
  const lineage = await readLineage(artifact.digest, context);
  const { ancestors, unknown } = lineage;
  const count = ancestors.length + unknown.length - 1;
  if (count === 0) return [];
  const seen = seenTestRows(lineage, test);
  const base = { id: 'lineage', title: 'Warm starts and studies that saw test rows', value: seen.length, threshold: '0', sampleSize: count, severity: 'error' as const };
  const remedy = 'Train again without this warm start or study, or with a test window after all that they have seen.';
  if (seen.length > 0) return [{ ...base, verdict: 'fail', message: `${seen.map(({ name, until }) => `${name} saw rows up to ${until}`).join(', ')}; the test window begins on ${test.from}`, remedy }];
  if (unknown.length > 0) return [{ ...base, value: null, verdict: 'inconclusive', message: unknown.join(', '), remedy }];
  return [{ ...base, verdict: 'pass' }];
}
