import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFeatureSources } from '../data/write-feature-sources.ts';
import type { FeatureSources } from '../packaging/files-beside-model.ts';
import type { Edge } from './compose.ts';
import { openData } from './open-data.ts';

const day = 86_400_000;
/** A version may serve for long: what a source tells by date (holidays) is asked for so far ahead. */
const ahead = 2 * 366 * day;

/** The dataset query's sources as they are shipped with a version: all but the live feed and those that are mounted where it runs. Undefined without online features. */
export function openFeatureSources(edge: Edge, dataRoot: string | undefined): FeatureSources | undefined {
  const { pipeline, workDirectory } = edge.context;
  const online = pipeline.definition.serving['online-features'];
  if (online === undefined) return undefined;
  const { sources, dataRoot: root } = openData(edge, dataRoot);
  return async (trainedUntil) => {
    await mkdir(workDirectory, { recursive: true });
    const folder = await mkdtemp(join(workDirectory, 'feature-sources-'));
    try {
      // By the window of training, not by today: the same candidate gives the same image.
      const window = { from: trainedUntil, to: trainedUntil + ahead, asOf: trainedUntil + ahead };
      const files = await writeFeatureSources({ native: edge.native, pipeline, sources, dataRoot: root, ...window, workDirectory, folder, except: [online.feed, ...online.mounted] });
      return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file))] as const)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
