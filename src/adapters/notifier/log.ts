import type { Logger } from '../../ports/logger.ts';
import type { Notification, Notifier } from '../../ports/notifier.ts';

/** Notifications as log lines: every call prints, since a log has no message to update. */
export class LogNotifier implements Notifier {
  readonly name = 'log';
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  notify(notification: Notification): Promise<void> {
    const { key, severity, title, text, links, resolved } = notification;
    const state = resolved ? 'resolved' : severity;
    const lines = [`[${state}] ${title} (${key})`, text, ...links.map((link) => `${link.title}: ${link.url}`)];
    this.logger.info(lines.filter((line) => line !== '').join('\n'));
    return Promise.resolve();
  }
}
