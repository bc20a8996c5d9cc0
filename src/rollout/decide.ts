import type { VerificationSection } from '../pipeline/schema/delivery.ts';
import type { Check } from '../verdict/verdict.ts';
import { checkDistribution, checkRequests, checkScores, reportChampion } from './answer-checks.ts';
import { checkAppliedCommit, checkModelDigest, checkPodsReady } from './cluster-checks.ts';
import type { RolloutLimits, RolloutObservations } from './observations.ts';
import { checkErrorRate, checkLatency } from './service-checks.ts';

export function rolloutLimits(section: VerificationSection): RolloutLimits {
  return {
    readyDeadline: section['ready-deadline'],
    latencyP95: section['latency-p95'] / 1000,
    errorRate: section['error-rate'],
    distributionTolerance: section['distribution-tolerance'],
    scoreTolerance: section['score-tolerance'],
    minimumRequests: section['minimum-requests'],
  };
}

/**
 * Judges a rollout. Pure: the same observations give the same checks. What was not measured is inconclusive and never passes;
 * only what speaks against the image itself fails.
 */
export function decideRollout(observations: RolloutObservations, limits: RolloutLimits): Check[] {
  return [
    checkAppliedCommit(observations),
    checkPodsReady(observations, limits),
    checkModelDigest(observations),
    checkRequests(observations, limits),
    checkLatency(observations, limits),
    checkErrorRate(observations, limits),
    checkScores(observations, limits),
    ...checkDistribution(observations, limits),
    ...reportChampion(observations),
  ];
}
