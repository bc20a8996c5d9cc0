import { UserError } from '../../errors.ts';

export const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** @throws UserError input-invalid */
export function checkTag(tag: string): void {
  if (tagPattern.test(tag)) return;
  throw new UserError('input-invalid', `"${tag}" is no image tag; tags are letters, digits, '.', '_' and '-', at most 128`, { hint: 'Check the tag.' });
}

export function tagTaken(name: string, present: string | undefined, wanted: string): UserError {
  return new UserError('image-tag-taken', `${name} points to ${present ?? 'nothing readable'}, not to ${wanted}; tags never move`, {
    hint: 'Register a new version: it gets a tag of its own.',
  });
}
