import { z } from 'zod';
import { csvSource } from '../adapters/data-source/csv.ts';
import { holidaysSource } from '../adapters/data-source/holidays.ts';
import { parquetSource } from '../adapters/data-source/parquet.ts';
import { LogNotifier } from '../adapters/notifier/log.ts';
import { definePlugin, implementation } from './define-plugin.ts';

/** What Taxiway brings itself, registered like any other plugin. */
export const builtInPlugin = definePlugin({
  name: 'taxiway',
  implementations: {
    'data-source': {
      parquet: implementation(z.strictObject({ path: z.string() }), ({ path }) => parquetSource(path)),
      csv: implementation(z.strictObject({ path: z.string() }), ({ path }) => csvSource(path)),
      holidays: implementation(z.strictObject({ country: z.enum(['US']) }), () => holidaysSource()),
    },
    notifier: {
      log: implementation(z.strictObject({}), (_options, { logger }) => new LogNotifier(logger)),
    },
  },
});
