import { join } from 'node:path';
import { z } from 'zod';
import { optionalText, optionalUrl } from '../../src/action/inputs/fields.ts';
import { openCheckSources } from '../../src/action/open-check-sources.ts';
import { openStore } from '../../src/action/open-store.ts';
import { openWarehouse } from '../../src/action/open-warehouse.ts';
import { openReferenceSources } from '../../src/data/open-reference-sources.ts';
import { type ChecksResult, runChecks } from '../../src/data/run-checks.ts';
import { UserError } from '../../src/errors.ts';
import { type LoadedPipeline, loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { formatCount, formatNumber } from '../../src/report/format-number.ts';
import { renderVerdictPage } from '../../src/report/html-verdict-page.ts';
import { type Check, concludeChecks, type Verdict } from '../../src/verdict/verdict.ts';
import { checkTarget } from '../check-target.ts';
import { defineCommand } from '../command.ts';
import { openRows } from '../open-rows.ts';
import { asOfOption, environmentOption, fromHere, pipelineOption, storeOption } from '../options.ts';
import { textTable } from '../terminal.ts';
import { atWorkBench, type WorkBench } from '../work-bench.ts';
import { writeOutput } from '../write-output.ts';

const options = z.object({
  pipeline: pipelineOption,
  warehouse: optionalUrl('URL of a Trino server that has the rows'),
  table: optionalText('The rows there: catalog.schema.table'),
  user: z.string().min(1).default('taxiway').describe('Who asks the warehouse'),
  sources: optionalText('Where `reference` checks look in the warehouse: source=catalog.schema.table, separated by commas'),
  'data-root': optionalText('Where relative source paths start, for `reference` checks on files; default: data.root of pipeline.yaml'),
  reference: optionalText('An earlier dataset, for `distribution` and `volume`: a digest or files'),
  output: z.string().min(1).default('.taxiway/validate').describe('The folder that verdict.json and report.html are written to'),
  store: storeOption,
  environment: environmentOption,
  'as-of': asOfOption,
});

type ValidateOptions = z.output<typeof options>;

interface Validation {
  readonly result: ChecksResult;
  /** In short, and in full. */
  readonly title: string;
  readonly subject: string;
}

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Runs the checks of pipeline.yaml on files, on a snapshot, or on a warehouse table where it is; exit code 1 where they do not pass.',
  words: { usage: '<file.parquet, file.csv, "glob" or digest>', minimum: 0, maximum: 1 },
  options,
  examples: ['validate "exports/*.parquet" --pipeline pipelines/flight-delay/pipeline.yaml', 'validate --warehouse http://trino.example:8080 --table hive.flights.departures'],
  run: async ({ options: given, words: [subject] }, terminal) => {
    const pipeline = await loadPipeline(fromHere(given.pipeline));
    const asOf = given['as-of'] ?? systemClock.now();
    const validation = await validateRows(given, { pipeline, asOf, subject });
    const verdict = verdictOf(validation, pipeline, asOf);
    await writeOutput(join(given.output, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`);
    const page = await writeOutput(join(given.output, 'report.html'), renderVerdictPage(verdict));
    terminal.print(`${textTable(verdict.checks.map(checkLine))}\n\n${verdict.verdict}: ${verdict.summary}`);
    terminal.note(page);
    return verdict.verdict === 'pass' ? 0 : 1;
  },
});

interface Asked {
  readonly pipeline: LoadedPipeline;
  readonly asOf: number;
  readonly subject: string | undefined;
}

function validateRows(given: ValidateOptions, asked: Asked): Promise<Validation> {
  const { warehouse, table } = given;
  if ((warehouse === undefined) !== (table === undefined)) {
    throw new UserError('input-invalid', `option --${warehouse === undefined ? 'warehouse' : 'table'} is missing; a warehouse table needs both`, { hint: 'npm run taxiway -- validate --help' });
  }
  if ((asked.subject === undefined) === (table === undefined)) {
    throw new UserError('input-invalid', table === undefined ? 'validate needs rows: files, a digest, or --warehouse with --table' : 'validate was given both files and a warehouse table', { hint: 'Name one of them.' });
  }
  if (warehouse !== undefined && table !== undefined) return validateTable({ ...given, warehouse, table }, asked);
  return atWorkBench('validate', (bench) => validateFiles(given, { ...asked, subject: asked.subject ?? '' }, bench));
}

async function validateFiles(given: ValidateOptions, { pipeline, asOf, subject }: Asked & { subject: string }, { database, engine, workDirectory, native }: WorkBench): Promise<Validation> {
  const { store, environment, reference: earlier } = given;
  const choice = { store, environment, pipeline: given.pipeline, workDirectory };
  const rows = await openRows(database, { ...choice, subject, name: 'rows' });
  const reference = earlier === undefined ? undefined : await openRows(database, { ...choice, subject: earlier, name: 'reference' });
  // Answers of weather services are kept for this run alone where no store is named.
  const cache = openStore({ given: store ?? `file://${join(workDirectory, 'store')}`, environment: undefined, definition: pipeline.definition, workDirectory });
  const { sources, dataRoot } = await openCheckSources({ pipeline, workspace: fromHere('.'), dataRoot: given['data-root'], native, store: cache });
  const window = { root: dataRoot, from: rows.window?.from ?? 0, to: rows.window?.to ?? asOf, asOf, workDirectory };
  const { relations } = await openReferenceSources(database, { definition: pipeline.definition, sources, window });
  const target = checkTarget({
    definition: pipeline.definition,
    dialect: engine.dialect,
    found: rows.columns,
    relation: rows.relation,
    order: rows.order,
    asOf,
    window: rows.window,
    sources: relations,
    reference: reference?.relation,
    ...(reference === undefined ? {} : { referenceColumns: reference.columns }),
  });
  return { result: await runChecks({ ...target, engine }), title: rows.title, subject: rows.lead };
}

async function validateTable(given: ValidateOptions & { warehouse: string; table: string }, { pipeline, asOf }: Asked): Promise<Validation> {
  const { definition } = pipeline;
  const { engine, relation, columns } = await openWarehouse({ endpoint: given.warehouse, table: given.table, user: given.user });
  const target = checkTarget({ definition, dialect: engine.dialect, found: columns, relation, order: [], asOf, window: undefined, sources: warehouseSources(given.sources, { pipeline, quote: engine.dialect.identifier }), reference: undefined });
  return { result: await runChecks({ ...target, engine }), title: given.table, subject: `${given.table} at ${given.warehouse}` };
}

function warehouseSources(text: string | undefined, { pipeline, quote }: { pipeline: LoadedPipeline; quote: (name: string) => string }): Record<string, string> {
  const pairs = (text ?? '').split(',').filter((part) => part.trim() !== '');
  const sources: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, table] = /^\s*([a-z][a-z0-9_]*)=([^\s.]+\.[^\s.]+\.[^\s.]+)\s*$/.exec(pair) ?? [];
    if (name === undefined || table === undefined) throw new UserError('input-invalid', `option --sources has "${pair.trim()}"; allowed: source=catalog.schema.table`, { hint: 'Separate several by commas.' });
    sources[name] = table.split('.').map(quote).join('.');
  }
  const wanted = pipeline.definition.checks.flatMap((check) => (check.check === 'reference' && sources[check.source] === undefined ? [check.source] : []));
  if (wanted.length > 0) throw new UserError('input-invalid', `checks of type reference look in ${wanted.join(', ')}, and no table is named for it`, { hint: `Pass --sources ${wanted[0] ?? ''}=catalog.schema.table.` });
  return sources;
}

function verdictOf({ result, title, subject }: Validation, { definition, digest }: LoadedPipeline, asOf: number): Verdict {
  const { rows, accepted, quarantined } = result;
  const failed = result.checks.filter((check) => check.verdict === 'fail' && check.severity === 'error');
  return {
    schema: 'taxiway/verdict/v1',
    step: 'validate',
    verdict: concludeChecks(result.checks),
    summary: `${formatCount(rows)} rows of ${title}: ${formatCount(accepted)} good, ${formatCount(quarantined)} would go to quarantine${failed.length === 0 ? '' : `; failed: ${failed.map(({ id }) => id).join(', ')}`}`,
    subjects: { in: { rows: subject }, out: {} },
    pipeline: { name: definition.name, digest },
    code: { commit: 'working tree' },
    asOf: new Date(asOf).toISOString(),
    checks: [...result.checks],
  };
}

function checkLine(check: Check): string[] {
  const word = check.verdict === 'fail' && check.severity !== 'error' ? check.severity : check.verdict;
  const value = check.value === null ? '–' : `${typeof check.value === 'number' ? formatNumber(check.value) : check.value}${check.unit === undefined ? '' : ` ${check.unit}`}`;
  return [word, check.title, value, check.threshold ?? '', check.message ?? ''];
}
