import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'e2e-s3', root: import.meta.dirname, include: ['*.e2e.ts'], environment: 'node', testTimeout: 120_000, hookTimeout: 60_000, unstubEnvs: true },
});
