import { z } from 'zod';
import { optionalMoment } from '../../src/action/inputs/fields.ts';
import { UserError } from '../../src/errors.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { inWorkDirectory } from '../../src/action/work-directory.ts';
import { formatCount } from '../../src/report/format-number.ts';
import { keptStudiesOf, prune, type PruneResult, retentionOf } from '../../src/steps/prune.ts';
import { chosenStore } from '../chosen-store.ts';
import { defineCommand } from '../command.ts';
import { environmentOption, flagOption, fromHere, pipelineOption, storeOption } from '../options.ts';
import { formatBytes, textTable } from '../terminal.ts';

const day = 86_400_000;
const listed = 20;

export const pruneCommand = defineCommand({
  name: 'prune',
  summary: 'Deletes from a store what is older than `retention` of pipeline.yaml, never what a registered version or an open incident was made from.',
  words: { usage: '', minimum: 0, maximum: 0 },
  options: z.object({
    store: storeOption,
    environment: environmentOption,
    pipeline: pipelineOption,
    'dry-run': flagOption('Say what would go, and delete nothing'),
    'as-of': optionalMoment('Ages are counted to this moment, ISO 8601; default: now'),
  }),
  examples: ['prune --store file:///srv/taxiway --dry-run'],
  run: async ({ options }, terminal) => {
    const { store: given, environment, pipeline, 'dry-run': dryRun } = options;
    const now = systemClock.now();
    const asOf = options['as-of'] ?? now;
    if (asOf > now && !dryRun) {
      throw new UserError('input-invalid', `option --as-of is ${new Date(asOf).toISOString()}, which is yet to come; what is in use today would be deleted`, { hint: 'Add --dry-run to see what will be old then.' });
    }
    const { definition } = await loadPipeline(fromHere(pipeline));
    const retention = retentionOf(definition);
    return inWorkDirectory('prune', async (workDirectory) => {
      const store = await chosenStore({ store: given, environment, pipeline, workDirectory });
      const result = await prune({ asOf, dryRun }, { store, retention, keptStudies: keptStudiesOf(definition), logger: silentLogger });
      const ages = `artefacts ${retention.artifacts / day} d, logs ${retention.logs / day} d, cache ${retention.cache / day} d`;
      terminal.print(describePrune(result, { dryRun, header: `${store.uri} at ${new Date(asOf).toISOString()}: ${ages}` }));
      return 0;
    });
  },
});

function describePrune({ plan, blobs }: PruneResult, { dryRun, header }: { dryRun: boolean; header: string }): string {
  const rows = (name: string, entries: readonly { readonly size: number }[], note = ''): string[] => [name, formatCount(entries.length), formatBytes(entries.reduce((sum, { size }) => sum + size, 0)), note];
  const gone = plan.manifests.slice(0, listed).map(({ key, modified }) => `  ${key}  (${new Date(modified).toISOString().slice(0, 10)})`);
  const more = plan.manifests.length > listed ? [`  and ${formatCount(plan.manifests.length - listed)} more`] : [];
  const kept = plan.kept.filter(({ artifacts }) => artifacts > 0).map(({ reason, artifacts }) => [`  ${reason}`, `${formatCount(artifacts)} ${artifacts === 1 ? 'artefact' : 'artefacts'}`]);
  return [
    header,
    '',
    dryRun ? 'Would go' : 'Gone',
    textTable([
      rows('  artefacts', plan.manifests, plan.manifests.length === 0 ? '' : `their files, ${formatBytes(plan.released)}, go in a run a day later`),
      rows('  files that nothing names', blobs),
      rows('  evidence and provenance of artefacts that are gone', plan.companions),
      rows('  logs', plan.logs),
      rows('  records of tuning studies', plan.studies.flatMap(({ records }) => records)),
      rows('  cached answers and checkpoints', plan.cache),
    ]),
    ...gone,
    ...more,
    '',
    'Kept, each counted once, with all it was made from',
    kept.length === 0 ? '  nothing' : textTable(kept),
    ...(plan.restored.length === 0 ? [] : ['', `${dryRun ? 'Would be' : 'Were'} put back, since something new was made from them: ${formatCount(plan.restored.length)}`, ...plan.restored.map(({ key }) => `  ${key}`)]),
    ...plan.missing.map(({ reason, digest }) => `warning: ${reason} names ${digest}, which is not in the store`),
  ].join('\n');
}
