import { hostname } from 'node:os';

/**
 * Names the run that a worker belongs to: the workflow run and its job, which a runner keeps when failed jobs are run again; elsewhere the
 * machine, so that a worker that was killed and begun again there is the same.
 */
export function workerRun(environment: Readonly<Record<string, string | undefined>> = process.env, machine: string = hostname()): string {
  const { GITHUB_RUN_ID: run, GITHUB_JOB: job } = environment;
  if (run === undefined || run === '') return `machine ${machine}`;
  return job === undefined || job === '' ? `run ${run}` : `run ${run}, job ${job}`;
}
