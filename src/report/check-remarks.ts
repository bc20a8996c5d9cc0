import type { Check } from '../verdict/verdict.ts';
import { formatCount } from './format-number.ts';

/** What is said beside a check, in the order it matters: its message, since when it fails, and that it does not block where one would think so. */
export function checkRemarks({ message, since, severity, blocking, verdict, details }: Check): string[] {
  const runs = details?.['failedRuns'];
  return [
    ...(message === undefined || message === '' ? [] : [message]),
    ...(since === undefined ? [] : [`failing since ${momentText(since)}${typeof runs === 'number' ? `, ${formatCount(runs)} runs` : ''}`]),
    ...(severity === 'error' && blocking === false && verdict !== 'pass' && verdict !== 'skipped' ? ['does not block'] : []),
  ];
}

/** A day, with the time where it is not midnight UTC. */
function momentText(time: string): string {
  return time.replace(/T00:00(?::00(?:\.0+)?)?Z$/, '').replace(/T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/, ' $1 UTC');
}
