/** Preloaded into the service that is proved: real flights are of 2013, so its clock must be, too. CLOCK_OFFSET is in milliseconds. */
const offset = Number(process.env['CLOCK_OFFSET']);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts: [] | [value: number | string | Date]) {
    super(parts[0] ?? RealDate.now() + offset);
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
} as DateConstructor;
