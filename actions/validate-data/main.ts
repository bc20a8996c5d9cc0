import { commentVerdict } from '../../src/action/comment-verdict.ts';
import { validateDataDefinition } from '../../src/action/definitions/validate-data.ts';
import { openData } from '../../src/action/open-data.ts';
import { openGitHost } from '../../src/action/open-engines.ts';
import { runAction } from '../../src/action/run-action.ts';
import { validateData } from '../../src/steps/validate-data.ts';

await runAction({
  ...validateDataDefinition,
  run: async (inputs, edge) => {
    const { snapshot, reference, 'pull-request': pullRequest } = inputs;
    // Opened first: a mistake in its inputs is told before the work.
    const gitHost = pullRequest === undefined ? undefined : openGitHost(edge.engines(inputs));
    const { sources, dataRoot } = openData(edge, inputs['data-root']);
    const result = await validateData({ snapshot, dataRoot, ...(reference === undefined ? {} : { reference }) }, { ...edge.context, sources });
    if (gitHost !== undefined && pullRequest !== undefined) await commentVerdict(gitHost, pullRequest, result.verdict);
    return result;
  },
});
