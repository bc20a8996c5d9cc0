import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildVersitygw, rootCredentials, startVersitygw } from './versitygw.ts';

// The S3 adapters against a real S3 server, and through a proxy that breaks what it is told to: npm run e2e:s3

const program = buildVersitygw();
if (program !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-s3-'));
  const server = await startVersitygw(program, folder);
  try {
    const tests = spawn(process.execPath, [join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs'), 'run', '--config', join(import.meta.dirname, 'vitest.config.ts'), ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: {
        ...process.env,
        AWS_ENDPOINT_URL_S3: server.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    const [code] = await once(tests, 'exit');
    process.exitCode = code === 0 ? 0 : 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
