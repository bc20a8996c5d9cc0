import { z } from 'zod';
import { profileRows } from '../../src/data/profile-rows.ts';
import { renderProfilePage } from '../../src/report/html-profile.ts';
import { formatCount } from '../../src/report/format-number.ts';
import { defineCommand } from '../command.ts';
import { openRows } from '../open-rows.ts';
import { optionalText } from '../../src/action/inputs/fields.ts';
import { environmentOption, outputOption, pipelineOption, storeOption } from '../options.ts';
import { atWorkBench } from '../work-bench.ts';
import { writeOutput } from '../write-output.ts';

export const profileCommand = defineCommand({
  name: 'profile',
  summary: 'Writes a page about a snapshot or about files: every column with its histogram, beside a reference where one is given.',
  words: { usage: '<snapshot digest, file.parquet or file.csv>', minimum: 1, maximum: 1 },
  options: z.object({
    reference: optionalText('A digest or files to compare with: both histograms, and the PSI'),
    output: outputOption('profile.html'),
    store: storeOption,
    environment: environmentOption,
    pipeline: pipelineOption,
  }),
  examples: ['profile data/nycflights13/flights.parquet', 'profile sha256:… --store file:///srv/taxiway --reference sha256:…'],
  run: ({ options, words: [subject = ''] }, terminal) =>
    atWorkBench('profile', async ({ database, engine, workDirectory }) => {
      const { store, environment, pipeline } = options;
      const rows = await openRows(database, { subject, store, environment, pipeline, workDirectory, name: 'rows' });
      const reference = options.reference === undefined ? undefined : await openRows(database, { subject: options.reference, store, environment, pipeline, workDirectory, name: 'reference' });
      const profile = await profileRows(engine, rows, reference);
      const page = renderProfilePage({
        title: rows.title,
        lead: reference === undefined ? rows.lead : `${rows.lead}; reference: ${reference.lead}`,
        profile,
        ...(reference === undefined ? {} : { sides: { rows: rows.title, reference: reference.title === rows.title ? 'reference' : reference.title } }),
      });
      const path = await writeOutput(options.output, page);
      const moved = profile.columns.filter((column) => (column.reference?.psi ?? 0) >= 0.1).map(({ summary }) => summary.name);
      terminal.print(`${formatCount(profile.rows)} rows, ${formatCount(profile.columns.length)} columns: ${path}`);
      if (reference !== undefined) terminal.print(moved.length === 0 ? 'no column has moved (PSI below 0.1)' : `moved (PSI 0.1 or more): ${moved.join(', ')}`);
      return 0;
    }),
});
