import { startVitest } from 'vitest/node';
import { findImageEngines } from './engines.ts';

// Images pushed to real registries, and run in a real container: npm run e2e:image [-- part of a file's name]

if (findImageEngines() !== undefined) {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'taxiway-e2e', AWS_SECRET_ACCESS_KEY: 'taxiway-e2e-secret', AWS_EC2_METADATA_DISABLED: 'true', ORT_DISABLE_TELEMETRY: '1' });
  // Without a configuration file: the repository's own knows only what `npm test` runs. A failure sets the exit code.
  const tests = await startVitest('test', process.argv.slice(2), {
    config: false,
    root: import.meta.dirname,
    watch: false,
    include: ['*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
  });
  await tests.close();
}
