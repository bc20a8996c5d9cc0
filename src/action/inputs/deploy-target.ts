import { UserError } from '../../errors.ts';

/** Two inputs that say one thing. @throws UserError input-invalid where neither or both say it */
export function deployTarget(inputs: { readonly version?: number | undefined; readonly to: 'version' | 'last-healthy' }): number | 'last-healthy' {
  if (inputs.to === 'last-healthy') {
    if (inputs.version === undefined) return 'last-healthy';
    throw new UserError('input-invalid', `input "version" is v${inputs.version}, but "to" is last-healthy`, { hint: 'Pass one of the two.' });
  }
  if (inputs.version !== undefined) return inputs.version;
  throw new UserError('input-invalid', 'input "version" is missing', { hint: 'Pass the version, e.g. v3, or to: last-healthy.' });
}
