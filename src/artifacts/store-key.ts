import { UserError } from '../errors.ts';

const segment = /^[A-Za-z0-9._=-]{1,200}$/;

/** Whether the text is a key: relative, of plain segments, none of them `.` or `..`. */
export function isStoreKey(key: string): boolean {
  return key.length <= 1000 && key.split('/').every((part) => segment.test(part) && part !== '.' && part !== '..');
}

/** @throws UserError input-invalid: a key from outside must never leave the store */
export function checkStoreKey(key: string): void {
  if (isStoreKey(key)) return;
  throw new UserError('input-invalid', `"${key}" is no key of an artefact store; keys are relative paths of letters, digits, '.', '_', '=' and '-'`, {
    hint: 'Check the names (environment, model, pod) that the key is made of.',
  });
}

/** A prefix is the beginning of a key, whole segments or not. */
export function checkStorePrefix(prefix: string): void {
  if (prefix === '') return;
  checkStoreKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}
