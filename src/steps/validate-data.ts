import { join } from 'node:path';
import type { Digest } from '../artifacts/digest.ts';
import { planChecks } from '../data/checks/plan-checks.ts';
import { withDatabase } from '../data/database.ts';
import { describeRelation } from '../data/describe-relation.ts';
import { type JudgedRows, judgedRelation, judgeRows } from '../data/judge-rows.ts';
import { quoteText } from '../data/sql-text.ts';
import { writeParquet } from '../data/write-parquet.ts';
import { formatCount } from '../report/format-number.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface ValidateDataInputs {
  readonly snapshot: Digest;
}

export interface ValidateDataOutputs extends Record<string, string> {
  /** The clean snapshot. */
  readonly dataset: Digest;
  readonly accepted: string;
  readonly quarantined: string;
}

/** Runs the pipeline's checks on a snapshot. Bad rows go to quarantine with all their reasons; no row is lost, none is changed. */
export async function validateData(inputs: ValidateDataInputs, context: StepContext): Promise<StepResult<ValidateDataOutputs>> {
  const { artifacts, pipeline, native, workDirectory, logger } = context;
  const { definition } = pipeline;
  const snapshot = await artifacts.read('snapshot', inputs.snapshot);
  const source = await artifacts.file(snapshot, 'snapshot.parquet');
  const quarantine = join(workDirectory, 'quarantine.parquet');
  const { judged, clean } = await withDatabase(
    native,
    async (database) => {
      const relation = `(SELECT *, file_row_number AS row_position FROM read_parquet(${quoteText(source)}, file_row_number = true))`;
      const found = await describeRelation(database, `read_parquet(${quoteText(source)})`);
      const key = definition.data.dataset.key.filter((name) => found.some((column) => column.name === name));
      const result = await judgeRows(database, { relation, checks: planChecks({ definition, found }), key });
      // Where every row is good, the snapshot's own file is the clean one: nothing is copied.
      const accepted = result.quarantined === 0 ? source : join(workDirectory, 'clean.parquet');
      if (accepted !== source) {
        await writeParquet(database, `SELECT * EXCLUDE (file_row_number, row_position, reasons) FROM ${judgedRelation} WHERE len(reasons) = 0 ORDER BY row_position`, accepted);
      }
      await writeParquet(database, `SELECT * EXCLUDE (file_row_number, row_position) FROM ${judgedRelation} WHERE len(reasons) > 0 ORDER BY row_position`, quarantine);
      const [written] = await database.rows(
        `SELECT (SELECT count(*) FROM read_parquet(${quoteText(accepted)}))::DOUBLE AS clean, (SELECT count(*) FROM read_parquet(${quoteText(quarantine)}))::DOUBLE AS quarantine`,
      );
      if (Number(written?.['clean']) !== result.accepted || Number(written?.['quarantine']) !== result.quarantined) {
        throw new Error(`${result.rows} rows came in, ${String(written?.['clean'])} and ${String(written?.['quarantine'])} went out`);
      }
      return { judged: result, clean: accepted };
    },
    { temporaryFolder: join(workDirectory, 'duckdb') },
  );
  const artifact = await artifacts.write({
    kind: 'clean-snapshot',
    files: { 'clean.parquet': { path: clean }, 'quarantine.parquet': { path: quarantine } },
    parents: { snapshot: snapshot.digest },
    metadata: { ...snapshot.manifest.metadata, rows: judged.rows, accepted: judged.accepted, quarantined: judged.quarantined },
  });
  logger.info(countsText(judged));
  return {
    verdict: buildVerdict(context, {
      step: 'validate-data',
      summary: countsText(judged),
      subjects: { in: { snapshot: snapshot.digest }, out: { dataset: artifact.digest } },
      checks: [
        ...judged.checks,
        {
          id: 'rows-in-rows-out',
          title: 'Rows in = accepted + quarantined',
          value: judged.accepted + judged.quarantined,
          unit: 'row',
          threshold: `= ${formatCount(judged.rows)}`,
          sampleSize: judged.rows,
          severity: 'error',
          verdict: 'pass',
          message: `${formatCount(judged.accepted)} accepted, ${formatCount(judged.quarantined)} quarantined`,
        },
      ],
    }),
    outputs: { dataset: artifact.digest, accepted: String(judged.accepted), quarantined: String(judged.quarantined) },
  };
}

function countsText({ rows, accepted, quarantined }: JudgedRows): string {
  return `${formatCount(rows)} rows: ${formatCount(accepted)} accepted, ${formatCount(quarantined)} in quarantine`;
}
