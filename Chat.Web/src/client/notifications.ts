import type { Connection } from './connection';
import type { NotificationPage, NotificationRaisedEvent } from './contract';

export type NotificationListener = (notification: NotificationRaisedEvent) => void;

/** What one is to be told of when one is not looking. Reading a chat takes its notifications away by itself. */
export class Notifications {
  readonly #listeners = new Set<NotificationListener>();

  constructor(private readonly connection: Connection) {}

  /** Unread ones, newest first; `cursor` of the page before gives the next one. */
  list(cursor: string | null = null, limit: number | null = null): Promise<NotificationPage> {
    return this.connection.call('ListNotifications', { cursor, limit });
  }

  /** One has seen those of these chats, or all. */
  async markRead(chatIds: number[] | null = null): Promise<number> {
    return (await this.connection.call('MarkNotificationsRead', { chatIds })).marked;
  }

  /** Returns how to stop. */
  onRaised(listener: NotificationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  heard(notification: NotificationRaisedEvent): void {
    for (const listener of this.#listeners) listener(notification);
  }
}
