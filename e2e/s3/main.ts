import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { buildVersitygw, rootCredentials, startVersitygw } from './versitygw.ts';

// The S3 adapters against a real S3 server, and through a proxy that breaks what it is told to: npm run e2e:s3 [-- part of a file's name]

const program = buildVersitygw();
if (program !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-s3-'));
  const server = await startVersitygw(program, folder);
  try {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: server.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    // Without a configuration file: the repository's own knows only what `npm test` runs. A failure sets the exit code.
    const tests = await startVitest('test', process.argv.slice(2), {
      config: false,
      root: import.meta.dirname,
      watch: false,
      include: ['*.e2e.ts'],
      testTimeout: 120_000,
      hookTimeout: 60_000,
      unstubEnvs: true,
    });
    await tests.close();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
