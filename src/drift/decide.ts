import type { DriftSection } from '../pipeline/schema/drift.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Finding } from './finding.ts';

export interface EarlierWindow {
  /** Ids of the findings that signalled then. */
  readonly signals: readonly string[];
}

export type DriftDecision =
  | { readonly kind: 'healthy'; /** Signals that have not persisted yet. */ readonly pending: readonly Finding[] }
  | { readonly kind: 'alarm'; readonly causes: readonly Finding[] }
  /** The service itself is at fault: people must know, but no training mends it. */
  | { readonly kind: 'degraded'; readonly causes: readonly Finding[] }
  | { readonly kind: 'inconclusive'; readonly reason: string };

export interface WindowCover {
  readonly rows: number;
  /** Days of the window that have logged rows, and all of its days. */
  readonly days: number;
  readonly windowDays: number;
}

/** Short windows alarm on undisturbed data (measured: 7 days in half of all weeks, 28 days never). */
const completeShare = 0.75;

/**
 * Pure. A cause must signal in this window and in `required` of the last `windows` conclusive ones, this one included.
 * @param earlier conclusive windows before this one of the same version, newest first
 */
export function decideDrift(findings: readonly Finding[], earlier: readonly EarlierWindow[], options: WindowCover & { drift: DriftSection }): DriftDecision {
  const { rows, days, windowDays, drift } = options;
  if (rows < drift['minimum-rows']) {
    return { kind: 'inconclusive', reason: `${formatCount(rows)} logged rows in the window; ${formatCount(drift['minimum-rows'])} are needed` };
  }
  const neededDays = Math.ceil(completeShare * windowDays);
  if (days < neededDays) {
    return { kind: 'inconclusive', reason: `${days} of the window's ${windowDays} days have logged rows; ${neededDays} are needed, for parts of weeks look like drift` };
  }
  const signals = findings.filter((finding) => finding.alarming && finding.state === 'signal');
  const persists = ({ id }: Finding): boolean => signalCount(id, earlier, drift) >= drift.persistence.required;
  const lasting = signals.filter(persists);
  const causes = lasting.filter(({ kind }) => kind !== 'service');
  if (causes.length > 0) return { kind: 'alarm', causes };
  if (lasting.length > 0) return { kind: 'degraded', causes: lasting };
  return { kind: 'healthy', pending: signals };
}

/** Windows with this signal, the newest (where it signals) included. */
function signalCount(id: string, earlier: readonly EarlierWindow[], { persistence }: DriftSection): number {
  return 1 + earlier.slice(0, persistence.windows - 1).filter((window) => window.signals.includes(id)).length;
}

export interface DriftHistory {
  /** As for `decideDrift`. */
  readonly earlier: readonly EarlierWindow[];
  readonly drift: DriftSection;
}

/** Findings as checks: only what persisted decides. */
export function driftChecks(findings: readonly Finding[], decision: DriftDecision, { earlier, drift }: DriftHistory): Check[] {
  const causes = new Set(decision.kind === 'alarm' || decision.kind === 'degraded' ? decision.causes.map(({ id }) => id) : []);
  return findings.map((finding) => {
    const { required, windows } = drift.persistence;
    const waiting = finding.state === 'signal' && finding.alarming && !causes.has(finding.id);
    const persistence = waiting ? `${signalCount(finding.id, earlier, drift)} of the last ${windows} windows; ${required} raise an alarm` : undefined;
    const message = [finding.message, persistence].filter((part) => part !== undefined).join('; ');
    return {
      id: finding.id,
      title: finding.title,
      value: finding.value,
      severity: finding.state === 'inconclusive' ? 'info' : severityOf(finding, causes.has(finding.id)),
      verdict: { quiet: 'pass', signal: 'fail', inconclusive: 'inconclusive' }[finding.state] as Check['verdict'],
      ...(finding.unit === undefined ? {} : { unit: finding.unit }),
      ...(finding.interval === undefined || finding.interval === null ? {} : { interval: [finding.interval[0], finding.interval[1]] }),
      ...(finding.threshold === undefined ? {} : { threshold: finding.threshold }),
      ...(finding.sampleSize === undefined ? {} : { sampleSize: finding.sampleSize }),
      ...(message === '' ? {} : { message }),
      ...(finding.details === undefined ? {} : { details: finding.details }),
    };
  });
}

function severityOf(finding: Finding, isCause: boolean): Check['severity'] {
  if (isCause) return 'error';
  if (finding.state === 'signal') return 'warn';
  return finding.alarming ? 'error' : 'info';
}
