import type { Connection } from './connection';
import type { PinnedView } from './contract';

/** Messages that a chat keeps at hand. They show as `pinned` when the server tells of it. */
export class Pins {
  constructor(private readonly connection: Connection) {}

  async pin(chatId: number, messageId: number): Promise<void> {
    await this.connection.call('PinMessage', { chatId, messageId });
  }

  async unpin(chatId: number, messageId: number): Promise<void> {
    await this.connection.call('UnpinMessage', { chatId, messageId });
  }

  /** All of a chat, the one pinned last first. */
  async list(chatId: number): Promise<readonly PinnedView[]> {
    return (await this.connection.call('ListPinned', { chatId })).pinned;
  }
}
