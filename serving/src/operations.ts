import type { FastifyBaseLogger } from 'fastify';
import { openFeatureBins } from './metrics/open-feature-bins.ts';
import { loadModel } from './model/load-model.ts';
import type { ShadowConfiguration } from './operations-configuration.ts';
import type { Service } from './service.ts';

/** Milliseconds that a receiver of traces may hold up the end of the process. */
const maximumTraceFlush = 3000;

type Log = Pick<FastifyBaseLogger, 'warn' | 'info'>;

/**
 * Opens what operates the service beside its answers: operating point, feature bins, shadow. Whatever of it is not configured is not even loaded, and
 * nothing of it keeps the service from answering.
 * @returns to be called once the service listens: the challenger loads after that, in nobody's way
 */
export async function openOperations(service: Service, log: Log): Promise<() => void> {
  const { operatingPoint, closers, tracing } = service;
  await operatingPoint.start();
  closers.push(async () => operatingPoint.stop());
  if (tracing) closers.push(() => tracing.close(Math.min(maximumTraceFlush, service.configuration.drain.maximum)));
  await countFeatures(service, log);
  const { shadow } = service.configuration.operations;
  return shadow === undefined ? () => undefined : openShadow(service, shadow, log);
}

async function countFeatures({ configuration, model, metrics, observers, healthNotes }: Service, log: Log): Promise<void> {
  const opened = await openFeatureBins(configuration.operations.modelProfile, { registry: metrics.registry, description: model.description, version: model.version });
  if (opened.kind === 'absent') return;
  if (opened.kind === 'unreadable') {
    log.warn(opened.reason);
    healthNotes.push(() => ({ featureBins: { status: 'failed', reason: opened.reason } }));
    return;
  }
  const { bins } = opened;
  observers.push(bins);
  healthNotes.push(() => ({ featureBins: { status: 'counting', columns: bins.columns, ...(bins.skipped.length > 0 && { skipped: bins.skipped }) } }));
}

async function openShadow(service: Service, { path, digest, version, sample, maximumQueuedRows }: ShadowConfiguration, log: Log): Promise<() => void> {
  const { configuration, model, batcher, state, metrics } = service;
  const { Shadow } = await import('./shadow/shadow.ts');
  const shadow = new Shadow({
    identity: { version, digest },
    load: () => loadModel({ path, digest, version, name: undefined }),
    live: model,
    sample,
    maximumQueuedRows,
    isBusy: () => batcher.queuedRows > 0 || state.requestsInFlight > 0,
    log: service.log,
    imageDigest: configuration.imageDigest,
    registry: metrics.registry,
    onFailure: (reason, error) => log.warn(error, reason),
  });
  service.observers.push(shadow);
  service.healthNotes.push(() => ({ shadow: shadow.note }));
  service.closers.push(() => shadow.close());
  return () => void shadow.start();
}
