/** Tells people. The key makes it one message per incident: the same key again updates, never repeats. */
export interface Notifier {
  readonly name: string;
  notify(notification: Notification): Promise<void>;
}

export interface Notification {
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  /** Plain text. */
  readonly text: string;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly resolved: boolean;
}
