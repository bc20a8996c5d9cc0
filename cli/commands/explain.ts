import { z } from 'zod';
import { optionalDigest, optionalText } from '../../src/action/inputs/fields.ts';
import { explainChecks } from '../../src/data/explain-checks.ts';
import { duckDbDialect } from '../../src/data/sql/duckdb-dialect.ts';
import { trinoDialect } from '../../src/data/sql/trino-dialect.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { checkTarget, declaredColumns } from '../check-target.ts';
import { defineCommand } from '../command.ts';
import { openRows } from '../open-rows.ts';
import { asOfOption, environmentOption, fromHere, pipelineOption, storeOption } from '../options.ts';
import { atWorkBench } from '../work-bench.ts';

const dialects = { duckdb: duckDbDialect, trino: trinoDialect };

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Prints the SQL of all checks of pipeline.yaml, each statement with its purpose; nothing is run.',
  words: { usage: '', minimum: 0, maximum: 0 },
  options: z.object({
    pipeline: pipelineOption,
    dialect: z.enum(['duckdb', 'trino'], 'write duckdb or trino').default('duckdb').describe('Whose SQL: duckdb or trino'),
    snapshot: optionalDigest('Explain for the columns and files of this snapshot; default: the columns of pipeline.yaml'),
    table: optionalText('What the rows are called in the SQL; default: dataset'),
    store: storeOption,
    environment: environmentOption,
    'as-of': asOfOption,
  }),
  examples: ['explain', 'explain --dialect trino --table hive.flights.departures'],
  run: async ({ options }, terminal) => {
    const { definition } = await loadPipeline(fromHere(options.pipeline));
    const dialect = dialects[options.dialect];
    const named = (options.table ?? 'dataset').split('.').map((part) => dialect.identifier(part)).join('.');
    const rows = options.snapshot === undefined ? undefined : await snapshotRows({ snapshot: options.snapshot, store: options.store, environment: options.environment, pipeline: options.pipeline });
    const target = checkTarget({
      definition,
      dialect,
      found: rows?.columns ?? declaredColumns({ definition, dialect }),
      relation: rows === undefined || options.table !== undefined ? named : rows.relation,
      order: rows?.order ?? [],
      asOf: options['as-of'] ?? systemClock.now(),
      window: rows?.window,
      // A source is a view of its own name.
      sources: Object.fromEntries(Object.keys(definition.data.sources).map((name) => [name, dialect.identifier(name)])),
      reference: undefined,
    });
    const statements = explainChecks({ ...target, dialect });
    terminal.print(statements.map(({ name, purpose, sql }) => `-- ${name}\n-- ${purpose}\n${sql.trim()};`).join('\n\n'));
    terminal.note(`${statements.length} statements for ${target.planned.length} checks`);
    return 0;
  },
});

function snapshotRows({ snapshot, store, environment, pipeline }: { snapshot: string; store: string | undefined; environment: string | undefined; pipeline: string }) {
  return atWorkBench('explain', ({ database, workDirectory }) => openRows(database, { subject: snapshot, store, environment, pipeline, workDirectory, name: 'rows' }));
}
