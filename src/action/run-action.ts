import { rm } from 'node:fs/promises';
import type { z } from 'zod';
import { systemClock } from '../ports/clock.ts';
import type { StepResult } from '../steps/step.ts';
import type { ActionDefinition } from './action-definition.ts';
import { compose, type Edge } from './compose.ts';
import { endAnyway } from './end-anyway.ts';
import { endOnBrokenPipe } from './end-on-broken-pipe.ts';
import { createRunnerLogger } from './logger.ts';
import { mirrorSecrets } from './mirror-credentials.ts';
import { notifierSecrets } from './notifier-credentials.ts';
import { pageFile, publishResult, verdictFile } from './publish-result.ts';
import { type InputSchema, maskSecret, readInputs } from './read-inputs.ts';
import { reportFailure, reportVerdict, reportWarnings } from './report-failure.ts';
import { SecretMask } from './secret-mask.ts';
import { sharedInputs } from './inputs/shared-inputs.ts';
import { inWorkDirectory } from './work-directory.ts';

export interface Action<Schema extends InputSchema, OutputName extends string> extends ActionDefinition<Schema, OutputName> {
  readonly run: (inputs: z.output<Schema>, edge: Edge) => Promise<StepResult<Readonly<Record<OutputName, string>>>>;
}

/** Inputs in, verdict out: the frame around every step. Exit code 0 only where the verdict is pass. */
export async function runAction<Schema extends InputSchema, OutputName extends string>(action: Action<Schema, OutputName>): Promise<void> {
  endOnBrokenPipe();
  const mask = new SecretMask();
  try {
    const inputs = readInputs(action.inputs, mask);
    const shared = readInputs(sharedInputs, mask);
    for (const secret of [...mirrorSecrets(process.env), ...notifierSecrets(process.env)]) maskSecret(secret, mask);
    const workspace = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
    const logger = createRunnerLogger(systemClock, mask);
    // Whoever reads a verdict after a step that failed must not find that of an earlier run.
    const path = verdictFile({ step: action.step, workspace, verdictPath: shared['verdict-path'] });
    for (const stale of [path, pageFile(path)]) await rm(stale, { force: true });
    const result = await inWorkDirectory(action.step, async (workDirectory) => {
      const edge = await compose({ shared, workspace, workDirectory, logger, native: action.native });
      return action.run(inputs, edge);
    });
    await publishResult(result, { workspace, verdictPath: shared['verdict-path'], mask });
    demandDeclared(action, result.outputs);
    reportWarnings(result.verdict, mask);
    logger.info(`${result.verdict.verdict}: ${result.verdict.summary}`);
    if (result.verdict.verdict !== 'pass') {
      reportVerdict(result.verdict, mask);
      process.exitCode = 1;
    }
  } catch (error) {
    reportFailure(action.step, error, mask);
    process.exitCode = 1;
  } finally {
    endAnyway();
  }
}

/** An output that action.yml does not name would exist on no runner's page. */
function demandDeclared({ step, outputs }: ActionDefinition, given: Readonly<Record<string, string>>): void {
  const undeclared = Object.keys(given).filter((name) => !Object.hasOwn(outputs, name));
  if (undeclared.length > 0) throw new Error(`${step} put out ${undeclared.join(', ')}, which its definition does not name`);
}
