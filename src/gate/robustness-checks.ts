import type { GateSection, RobustnessSection } from '../pipeline/schema/gate.ts';
import { formatChange, formatNumber } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Evaluation } from './evaluation.ts';
import type { StressEvaluation } from './robustness/robustness-evaluation.ts';

const judgedMetrics = ['accuracy', 'recall'] as const;

/**
 * One check for each disturbance. Against a champion: under the same disturbance the candidate must not be worse by more than the margin, beyond chance. By itself: accuracy and recall
 * must not fall further than the maximum drop, where one is set. ROC-AUC is told beside. What could not be compared says so:
 * a champion that cannot be attacked refuses nobody, a difference that is undefined is inconclusive.
 */
export function robustnessChecks(section: GateSection['robustness'], { robustness, champion }: Evaluation): Check[] {
  if (section === undefined) return [];
  const missing = wantedStresses(section).filter((id) => robustness?.stresses.every((stress) => stress.id !== id) ?? true);
  return [
    ...(robustness?.stresses ?? []).map((stress) => stressCheck(stress, { section, hasChampion: champion !== undefined })),
    ...missing.map((id): Check => ({
      id: `robustness.${id}`,
      title: 'Robustness',
      value: null,
      severity: section.severity,
      verdict: 'inconclusive',
      message: robustness === undefined ? 'there were no rows to disturb' : 'this disturbance could not be tried',
      remedy: 'Train again with this version of Taxiway, on a test window with rows.',
    })),
  ];
}

function wantedStresses({ attack, noise, missing, unseen, 'storm-days': storm }: RobustnessSection): string[] {
  return [
    ...(attack === undefined ? [] : ['attack.fgsm', ...(attack.steps > 1 ? ['attack.pgd'] : [])]),
    ...(noise === undefined ? [] : ['noise']),
    ...(missing === undefined ? [] : ['missing.most-important']),
    ...(unseen?.columns ?? []).map((column) => `unseen.${column}`),
    ...(storm === undefined ? [] : ['storm-days']),
  ];
}

function maximumDropOf(id: string, { attack, noise, missing, unseen, 'storm-days': storm }: RobustnessSection): number | undefined {
  const kinds: Readonly<Record<string, { readonly 'maximum-drop'?: number | undefined } | undefined>> = { attack, noise, missing, unseen, 'storm-days': storm };
  return kinds[id.split('.')[0] ?? '']?.['maximum-drop'];
}

function stressCheck(stress: StressEvaluation, { section, hasChampion }: { section: RobustnessSection; hasChampion: boolean }): Check {
  const { id, title, candidate, gains, notCompared } = stress;
  const maximumDrop = maximumDropOf(id, section);
  const drop = judgedMetrics.map((metric) => candidate[metric].drop).reduce((worst, other) => ((other.value ?? -1) > (worst.value ?? -1) ? other : worst));
  const told = (['accuracy', 'recall', 'rocAuc'] as const).map((metric) => `${names[metric]} ${formatNumber(candidate[metric].clean)} → ${formatNumber(candidate[metric].stressed.value)}`).join(', ');
  const allowed = [...(maximumDrop === undefined ? [] : [`drop ≤ ${formatNumber(maximumDrop)}`]), ...(hasChampion ? [`not worse than the champion by more than ${formatNumber(section.margin)}`] : [])];
  const base = {
    id: `robustness.${id}`,
    title,
    value: drop.value,
    ...(drop.interval === null ? {} : { interval: [drop.interval[0], drop.interval[1]] as [number, number] }),
    sampleSize: stress.rows,
    severity: allowed.length === 0 ? ('info' as const) : section.severity,
    ...(allowed.length === 0 ? {} : { threshold: allowed.join('; ') }),
  };
  const worse = judgedMetrics.flatMap((metric) => {
    const interval = gains?.[metric].interval;
    return interval !== null && interval !== undefined && interval[1] < -section.margin ? [`${names[metric]} ${formatChange(gains?.[metric].value ?? null)} against the champion under the same`] : [];
  });
  const fallen = judgedMetrics.flatMap((metric) => {
    const { value } = candidate[metric].drop;
    return maximumDrop !== undefined && value !== null && value > maximumDrop ? [`${names[metric]} falls by ${formatNumber(value)}`] : [];
  });
  const beside = notCompared === undefined ? '' : `; champion not compared: ${notCompared}`;
  if (worse.length + fallen.length > 0) {
    return { ...base, verdict: 'fail', message: `${[...fallen, ...worse].join(', ')} (${told})${beside}`, remedy: 'Train with more such rows or stronger regularisation, or watch the columns that carry the fall.' };
  }
  const unknownGain = hasChampion && notCompared === undefined && judgedMetrics.some((metric) => (gains?.[metric].value ?? null) === null || (gains?.[metric].interval ?? null) === null);
  if (unknownGain) return { ...base, verdict: 'inconclusive', message: `the difference to the champion, or its interval, is undefined on these rows (${told})` };
  if (judgedMetrics.some((metric) => candidate[metric].drop.value === null)) return { ...base, verdict: 'inconclusive', message: `undefined on these rows (${told})${beside}` };
  return { ...base, verdict: 'pass', message: `${told}${beside}` };
}

const names = { accuracy: 'accuracy', recall: 'recall', rocAuc: 'ROC-AUC' } as const;
