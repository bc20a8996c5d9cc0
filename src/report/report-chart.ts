/** A chart of the report. Lines may carry a band (95 % interval), bars a whisker. */
export interface ReportChart {
  readonly id: string;
  readonly title: string;
  /** One or two sentences: what to see in it. */
  readonly description: string;
  readonly kind: 'line' | 'bar';
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly ReportSeries[];
  /** Horizontal lines, e.g. a threshold. */
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
  /** Vertical lines at an x of the chart, e.g. "outage begins". */
  readonly events?: readonly { readonly x: string; readonly label: string }[];
  /** Lowest and highest y; found from the data where absent. */
  readonly range?: readonly [number, number];
}

export interface ReportSeries {
  readonly name: string;
  readonly points: readonly ReportPoint[];
}

export interface ReportPoint {
  /** YYYY-MM-DD for a time axis, any text for categories. */
  readonly x: string;
  readonly y: number;
  readonly interval?: readonly [number, number] | undefined;
}
