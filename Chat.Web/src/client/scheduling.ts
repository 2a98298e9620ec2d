import type { Connection } from './connection';
import type { ScheduledChangedEvent, ScheduledMessageView } from './contract';
import type { MessageExtras } from './outboxStorage';
import { contentOf } from './sentMessages';
import { newUuid } from './uuid';

export type ScheduledListener = (change: ScheduledChangedEvent) => void;

/** Messages that are to be sent later, by the server. */
export class Scheduling {
  readonly #listeners = new Set<ScheduledListener>();

  constructor(private readonly connection: Connection) {}

  /** Told what other devices do, and when messages are sent or fail. `list` tells all after a reconnect. */
  readonly subscribe = (listener: ScheduledListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** `clientMessageId` is a UUID, the same on every try. A file is uploaded first, and kept by the server until then; the text is its caption, or empty. */
  schedule(chatId: number, text: string, sendAt: Date, clientMessageId: string = newUuid(), extras?: MessageExtras): Promise<ScheduledMessageView> {
    return this.connection.call('ScheduleMessage', { chatId, clientMessageId, ...contentOf(text, extras), sendAt: sendAt.toISOString() });
  }

  /** The next one first; also those that failed. */
  async list(): Promise<readonly ScheduledMessageView[]> {
    return (await this.connection.call('ListScheduled', {})).messages;
  }

  move(scheduledId: number, sendAt: Date): Promise<ScheduledMessageView> {
    return this.connection.call('MoveScheduled', { scheduledId, sendAt: sendAt.toISOString() });
  }

  async cancel(scheduledId: number): Promise<void> {
    await this.connection.call('CancelScheduled', { scheduledId });
  }

  heard(change: ScheduledChangedEvent): void {
    for (const listener of this.#listeners) listener(change);
  }
}
