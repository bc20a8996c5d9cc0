import { readConfiguration } from './configuration.ts';
import { loadModel } from './model/load-model.ts';
import { openOperations } from './operations.ts';
import { openLogSink } from './prediction-log/log-location.ts';
import { createServer } from './server.ts';
import { createService } from './service.ts';
import { shutDown } from './shut-down.ts';
import { StartError } from './start-error.ts';
import { openTracing } from './tracing/open-tracing.ts';

async function start(): Promise<void> {
  const startedAt = new Date();
  const configuration = readConfiguration(process.env, process.argv[1] ?? '');
  const model = await loadModel({ path: configuration.modelPath, digest: configuration.modelDigest, name: configuration.modelName, version: configuration.modelVersion });
  const logSink = configuration.predictionLog === undefined ? undefined : await openLogSink(configuration.predictionLog, process.env);
  const tracing = await openTracing(process.env, { model, pod: configuration.podName });
  const service = createService({ configuration, model, logSink, startedAt, tracing, onLogFailure: (error) => app.log.error(error, 'the prediction log cannot be written'),
    onOperatingPoint: (reason, { current }) => (reason === undefined ? app.log.info(current, 'a new operating point decides') : app.log.warn({ inForce: current }, reason)) });
  const app = createServer(service);
  const beginShadow = await openOperations(service, app.log);
  // What is wrong with query or sources shows here; the feed's past is taken in once full columns are answered.
  const beginFeatures = configuration.features && (await (await import('./online-features/add-online-features.ts')).addOnlineFeatures(service, configuration.features, (cause) => app.log.error(cause, 'online features')));

  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= shutDown(app, service).then(
      () => process.exit(0),
      (error: unknown) => {
        app.log.error(error, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);

  const address = await app.listen({ host: configuration.host, port: configuration.port });
  beginShadow();
  beginFeatures?.();
  if (configuration.simulatedFault) app.log.warn({ simulatedFault: configuration.simulatedFault.text }, 'THIS IMAGE SIMULATES A FAULT ON PURPOSE; it must never serve real decisions');
  app.log.info({ address, model: { name: model.name, version: model.version, digest: model.digest }, milliseconds: Math.round(performance.now()) }, 'ready');
}

try {
  await start();
} catch (error) {
  const known = error instanceof StartError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  process.stderr.write(`taxiway-serving does not start: ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
