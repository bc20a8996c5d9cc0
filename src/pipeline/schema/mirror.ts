import { z } from 'zod';

/** User, password and query would stand in every log: credentials come from the environment. The message must not quote the value, either. */
function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

export const mlflowMirrorSchema = z.strictObject({
  'tracking-uri': z.string().refine(isPlainHttpUrl, 'allowed: an http or https URL without user, password and query').describe('Where the MLflow server is'),
  experiment: z.string().min(1).max(500).optional().describe('Name of the MLflow experiment; default: the name of the pipeline'),
  artifacts: z.enum(['card', 'full']).default('full').describe('card: model card and ML-BOM; full: the evaluation, its report, the evidence and the model too'),
});
export type MlflowMirrorOptions = z.output<typeof mlflowMirrorSchema>;

/** The options of Taxiway's own mirror are checked here, those of others by the plugin that brings them. */
export const mirrorSchema = z
  .looseObject({
    type: z.string().describe('mlflow (options: tracking-uri, experiment, artifacts), or the name that a plugin gives its mirror'),
    environment: z.string().optional().describe('The environment whose live version is the champion; default: production, or the only one'),
  })
  .superRefine(({ type, environment: _environment, ...options }, context) => {
    if (type !== 'mlflow') return;
    for (const { path, message } of mlflowMirrorSchema.safeParse(options).error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  });
