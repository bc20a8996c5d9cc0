type Variables = Readonly<Record<string, string | undefined>>;

const given = (variables: Variables, name: string): string | undefined => (variables[name] === '' ? undefined : variables[name]);

export const slackToken = (variables: Variables): string | undefined => given(variables, 'SLACK_BOT_TOKEN');
export const pagerDutyRoutingKey = (variables: Variables): string | undefined => given(variables, 'PAGERDUTY_ROUTING_KEY');

/** What must never stand in a log, a verdict or a page. */
export function notifierSecrets(variables: Variables): string[] {
  return [slackToken(variables), pagerDutyRoutingKey(variables)].filter((secret) => secret !== undefined);
}
