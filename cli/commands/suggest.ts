import { z } from 'zod';
import { optionalText } from '../../src/action/inputs/fields.ts';
import { suggest, type SuggestRequest } from '../../src/data/suggest.ts';
import { verifySuggestion } from '../../src/data/suggest-verify.ts';
import { suggestionYaml } from '../../src/data/suggest-yaml.ts';
import { UserError } from '../../src/errors.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { nearest } from '../../src/pipeline/nearest.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { formatCount } from '../../src/report/format-number.ts';
import { defineCommand } from '../command.ts';
import { openRows } from '../open-rows.ts';
import { environmentOption, fromHere, optionalPipeline, storeOption } from '../options.ts';
import { atWorkBench } from '../work-bench.ts';
import { writeOutput } from '../write-output.ts';

export const suggestCommand = defineCommand({
  name: 'suggest',
  summary: 'Looks at a snapshot or at files and proposes `columns` and `checks` for pipeline.yaml, with the evidence in comments.',
  words: { usage: '<snapshot digest, file.parquet or file.csv>', minimum: 1, maximum: 1 },
  options: z.object({
    pipeline: optionalPipeline,
    label: optionalText('The column that is to be predicted (1 or 0): looks for columns whose lack tells it'),
    output: optionalText('The file that is written; default: the terminal'),
    store: storeOption,
    environment: environmentOption,
  }),
  examples: ['suggest data/nycflights13/flights.parquet', 'suggest sha256:… --store file:///srv/taxiway --pipeline pipelines/flight-delay/pipeline.yaml'],
  run: ({ options, words: [subject = ''] }, terminal) =>
    atWorkBench('suggest', async ({ database, engine, workDirectory }) => {
      const { store, environment, label } = options;
      const pipeline = options.pipeline === undefined ? undefined : (await loadPipeline(fromHere(options.pipeline))).definition;
      const rows = await openRows(database, { subject, store, environment, pipeline: options.pipeline ?? '', workDirectory, name: 'rows' });
      const names = rows.columns.map(({ name }) => name);
      if (label !== undefined && !names.includes(label)) {
        const near = nearest(label, names);
        throw new UserError('column-missing', `option --label is "${label}", which the rows do not have; ${near.length > 0 ? `did you mean ${near.join(' or ')}?` : `columns: ${names.join(', ')}`}`, { hint: 'Name a column of the rows.' });
      }
      const request: SuggestRequest = { ...rows, ...(pipeline === undefined ? {} : { pipeline }), ...(label === undefined ? {} : { label }) };
      const suggestion = await suggest(engine, request);
      if (suggestion.rows === 0) throw new UserError('window-empty', `${rows.lead} has no rows`, { hint: 'Nothing can be learned from none: name other rows.' });
      const newest = suggestion.eventTime === undefined ? undefined : await newestMoment(engine, rows.relation, suggestion.eventTime);
      const { checks } = await verifySuggestion(engine, request, { suggestion, asOf: newest ?? systemClock.now() });
      const failing = new Set(checks.flatMap((check, index) => (check.verdict === 'fail' ? [index] : [])));
      const text = suggestionYaml(suggestion, { subject: rows.lead, failing, declared: pipeline !== undefined });
      if (options.output === undefined) terminal.print(text.trimEnd());
      else terminal.print(await writeOutput(options.output, text));
      terminal.note(`${formatCount(suggestion.checks.length)} checks; these rows pass ${failing.size === 0 ? 'all of them' : `all but ${formatCount(failing.size)}, which only observe`}`);
      return 0;
    }),
});

async function newestMoment(engine: Parameters<typeof suggest>[0], relation: string, column: string): Promise<number | undefined> {
  const { dialect } = engine;
  const [row] = await engine.rows(`SELECT ${dialect.epochMilliseconds(`max(${dialect.identifier(column)})`)} AS newest FROM ${relation} AS profiled`);
  return typeof row?.['newest'] === 'number' ? row['newest'] : undefined;
}
