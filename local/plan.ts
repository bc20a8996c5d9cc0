/** The story's dates. The test of the loop plays a shorter one. */
export interface LoopPlan {
  /** When the first model is judged: the last flights of its test window have landed. ISO 8601. */
  readonly firstModelAt: string;
  /** Weeks of live traffic: whole weeks from `from` that end by `to`, days in UTC. */
  readonly summer: { readonly from: string; readonly to: string };
  readonly outage: { readonly from: string; readonly to: string };
  readonly badReleaseAt: string;
}

export const yearPlan: LoopPlan = {
  firstModelAt: '2013-06-02T12:00:00.000Z',
  summer: { from: '2013-06-03', to: '2013-09-30' },
  outage: { from: '2013-09-30', to: '2013-12-31' },
  badReleaseAt: '2014-01-02T12:00:00.000Z',
};
