import type { MlflowCredentials } from '../adapters/model-registry/mlflow/client.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** MLflow's own variables, so that what works for its clients works here. */
export function mlflowCredentials(variables: Variables): MlflowCredentials {
  const given = (name: string): string | undefined => (variables[name] === '' ? undefined : variables[name]);
  return { username: given('MLFLOW_TRACKING_USERNAME'), password: given('MLFLOW_TRACKING_PASSWORD'), token: given('MLFLOW_TRACKING_TOKEN') };
}

/** What must never stand in a log, a verdict or a page. */
export function mirrorSecrets(variables: Variables): string[] {
  const { password, token } = mlflowCredentials(variables);
  return [password, token].filter((secret) => secret !== undefined);
}
