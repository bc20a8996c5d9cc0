import * as core from '@actions/core';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { plainLines } from './plain-line.ts';
import type { SecretMask } from './secret-mask.ts';

const progressInterval = 2000;

/** Writes to the runner's log: groups, debug lines, warnings as annotations, progress at most every two seconds. */
export function createRunnerLogger(clock: Clock, mask: SecretMask): Logger {
  let lastProgress = clock.now();
  const clean = (text: string): string => plainLines(mask.redact(text));
  return {
    group: (title, phase) => core.group(mask.redact(title), phase),
    info: (message) => {
      core.info(clean(message));
    },
    warn: (message) => {
      core.warning(mask.redact(message));
    },
    debug: (message) => {
      core.debug(mask.redact(message));
    },
    progress: (label, done, total) => {
      if (clock.now() - lastProgress < progressInterval) return;
      lastProgress = clock.now();
      const share = total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : '';
      core.info(clean(`${label}: ${done} of ${total}${share}`));
    },
  };
}
