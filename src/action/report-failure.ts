import { inspect } from 'node:util';
import * as core from '@actions/core';
import { UserError } from '../errors.ts';
import { formatNumber } from '../report/format-number.ts';
import type { Check, Verdict } from '../verdict/verdict.ts';
import type { SecretMask } from './secret-mask.ts';

/** A mistake of the user: one clear line and how to mend it. Anything else is a bug: its causes, once, with their stacks. */
export function reportFailure(step: string, error: unknown, mask: SecretMask): void {
  const annotate = (text: string): void => {
    core.error(mask.redact(text), { title: step });
  };
  if (error instanceof UserError) {
    annotate([`${error.code}: ${error.message}`, error.hint].filter((part) => part !== undefined).join('\n'));
    for (const cause of causeChain(error.cause)) core.debug(mask.redact(cause));
    return;
  }
  annotate(`This is a bug in Taxiway, not in your repository. Please report it with these lines:\n${causeChain(error).join('\ncaused by ')}`);
}

/** One annotation per check that kept the verdict from passing; one for the verdict where no single check did. */
export function reportVerdict(verdict: Verdict, mask: SecretMask): void {
  const deciding = verdict.checks.filter((check) => check.severity === 'error' && (check.verdict === 'fail' || check.verdict === 'inconclusive'));
  const lines = deciding.length > 0 ? deciding.map(describeCheck) : [`${verdict.verdict}: ${verdict.summary}`];
  for (const line of lines) core.error(mask.redact(line), { title: verdict.step });
}

/** What failed without deciding: a warning each, whatever the verdict. */
export function reportWarnings(verdict: Verdict, mask: SecretMask): void {
  const warned = verdict.checks.filter((check) => check.verdict === 'fail' && (check.severity === 'warn' || (check.severity === 'error' && check.blocking === false)));
  for (const check of warned) core.warning(mask.redact(describeCheck(check)), { title: verdict.step });
}

function describeCheck(check: Check): string {
  const found = check.value === null ? 'nothing measured' : `${typeof check.value === 'number' ? formatNumber(check.value) : check.value}${check.unit === undefined ? '' : ` ${check.unit}`}`;
  const allowed = check.threshold === undefined ? '' : ` (allowed: ${check.threshold})`;
  const sentences = [check.message, check.remedy].filter((sentence) => sentence !== undefined);
  return [`${check.verdict} ${check.id}: ${check.title}: ${found}${allowed}`, ...sentences].join('\n');
}

function causeChain(error: unknown): string[] {
  const chain: string[] = [];
  const seen = new Set<unknown>();
  let current = error;
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    chain.push(current instanceof Error ? (current.stack ?? current.message) : inspect(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain;
}
