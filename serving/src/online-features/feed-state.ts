/** How far a feed can be trusted at a moment. */
export interface FeedState {
  /** fresh, or late: silent for longer than a third of what is allowed, or gone: for longer than that. */
  readonly status: 'fresh' | 'late' | 'gone';
  /** The newest event's minute, ISO 8601; null before the first event. */
  readonly watermark: string | null;
  /** Since that event; null before the first. */
  readonly ageSeconds: number | null;
  /** Since something was to be heard: since the first flight that was due after the newest event. */
  readonly silentSeconds: number | null;
}

export interface FeedQuestion {
  /** Milliseconds since the epoch. */
  readonly watermark: number;
  /** The moment that is asked about, milliseconds. */
  readonly moment: number;
  /** Milliseconds. */
  readonly maximumAge: number;
  /** The first minute (since the epoch) within the two in which a flight was due. */
  readonly firstDue: (from: number, until: number) => number | undefined;
}

const minute = 60_000;

/**
 * Silence is only suspicious where something was to be heard: at night nothing leaves, and a feed that tells nothing then is well. So silence
 * counts from the first flight that was due after the newest event. What that event is, and how old, is told in any case.
 */
export function judgeFeed({ watermark, moment, maximumAge, firstDue }: FeedQuestion): FeedState {
  if (!Number.isFinite(watermark)) return { status: 'gone', watermark: null, ageSeconds: null, silentSeconds: null };
  const due = firstDue(Math.floor(watermark / minute) + 1, Math.floor(moment / minute));
  const silence = due === undefined ? 0 : Math.max(0, moment - due * minute);
  return {
    status: silence > maximumAge ? 'gone' : silence > maximumAge / 3 ? 'late' : 'fresh',
    watermark: new Date(Math.floor(watermark / minute) * minute).toISOString(),
    ageSeconds: Math.max(0, Math.round((moment - watermark) / 1000)),
    silentSeconds: Math.round(silence / 1000),
  };
}
