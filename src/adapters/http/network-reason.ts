/** fetch says "fetch failed" and keeps what happened in its cause. */
export function networkReason(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : undefined;
  return inner.message === '' ? (code ?? inner.name) : inner.message;
}
