/** How a chapter ended: the line that `--json` prints and the terminal's table shows. */
export interface ChapterResult {
  readonly chapter: number;
  readonly title: string;
  /** live, refused, rolled-back, or what else happened. */
  readonly decision: string;
  /** The version that is live at the end, e.g. v2. */
  readonly version: string;
  readonly text: string;
}
