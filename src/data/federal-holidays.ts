import holidays from '@18f/us-federal-holidays';

/** US federal holidays (5 U.S.C. § 6103) on their own days, not the ones they are observed on, from year `first` to year `last`. */
export function federalHolidays(first: number, last: number): { day: string; name: string }[] {
  const years = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return years.flatMap((year) => holidays.allForYear(year, { shiftSaturdayHolidays: false, shiftSundayHolidays: false })).map(({ dateString, name }) => ({ day: dateString, name }));
}
