import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as core from '@actions/core';
import { verdictMarkdown } from '../report/verdict-markdown.ts';
import type { StepResult } from '../steps/step.ts';
import type { SecretMask } from './secret-mask.ts';

export interface PublishOptions {
  readonly workspace: string;
  /** The input `verdict-path`; relative to the workspace. */
  readonly verdictPath: string | undefined;
  readonly mask: SecretMask;
}

/** verdict.json, the step's page, job summary and outputs, in this order: an output that can be read points to a verdict that exists. */
export async function publishResult(result: StepResult<Readonly<Record<string, string>>>, options: PublishOptions): Promise<void> {
  const { verdict, outputs } = result;
  const { mask, workspace } = options;
  const path = verdictFile({ step: verdict.step, workspace, verdictPath: options.verdictPath });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, mask.redact(`${JSON.stringify(verdict, null, 2)}\n`));
  if (result.page !== undefined) await writeFile(pageFile(path), mask.redact(result.page));
  if (process.env['GITHUB_STEP_SUMMARY'] !== undefined) await core.summary.addRaw(mask.redact(verdictMarkdown(verdict)), true).write();
  const all = { ...outputs, verdict: verdict.verdict, 'verdict-path': path };
  for (const [name, value] of Object.entries(all)) core.setOutput(name, mask.redact(value));
}

/** Where a step's page is written: beside its verdict, evaluate-gate.html beside evaluate-gate.json. */
export function pageFile(verdictPath: string): string {
  return `${verdictPath.replace(/\.json$/, '')}.html`;
}

/** Where the verdict of a step is written. */
export function verdictFile({ step, workspace, verdictPath }: Pick<PublishOptions, 'workspace' | 'verdictPath'> & { readonly step: string }): string {
  return resolve(workspace, verdictPath ?? join('.taxiway', 'verdicts', `${step}.json`));
}
