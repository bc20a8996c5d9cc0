import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NativeModules } from '../ports/native-modules.ts';
import { withDatabase } from './database.ts';
import { type DatasetRequest, openSources } from './open-dataset.ts';
import { quoteIdentifier, quoteText } from './sql-text.ts';

export interface FeatureSourcesRequest extends DatasetRequest {
  readonly native: NativeModules;
  /** Gets one `<source>.parquet` each. */
  readonly folder: string;
  /** Sources that the service has from elsewhere: the live feed. */
  readonly except: readonly string[];
}

/**
 * The sources of the dataset query as the service's online features read them: whatever their type in pipeline.yaml, as Parquet files with the very
 * columns and types that the query saw in training. One thread writes the same bytes every time.
 * @returns the names of the files
 * @throws UserError source-missing, source-unreadable
 */
export async function writeFeatureSources(request: FeatureSourcesRequest): Promise<string[]> {
  const { native, folder, except } = request;
  const sources = Object.fromEntries(Object.entries(request.sources).filter(([name]) => !except.includes(name)));
  await mkdir(folder, { recursive: true });
  return withDatabase(native, async (database) => {
    await openSources(database, { ...request, sources });
    const files: string[] = [];
    for (const name of Object.keys(sources).sort()) {
      const file = `${name}.parquet`;
      await database.run(`COPY (SELECT * FROM ${quoteIdentifier(name)} ORDER BY ALL) TO ${quoteText(join(folder, file))} (FORMAT parquet, COMPRESSION zstd)`);
      files.push(file);
    }
    return files;
  }, { threads: 1 });
}
