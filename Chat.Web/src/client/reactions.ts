import type { Connection } from './connection';
import type { ReactionPage } from './contract';

/** Reactions to messages. They show in the messages when the server tells of them, one's own as well. */
export class Reactions {
  constructor(private readonly connection: Connection) {}

  /** One emoji in place of the one before; null takes it back. */
  async set(chatId: number, messageId: number, emoji: string | null): Promise<void> {
    await this.connection.call('SetReaction', { chatId, messageId, emoji });
  }

  /** Who reacted, by user id, with one emoji or with any. */
  list(chatId: number, messageId: number, emoji: string | null = null, afterUserId = 0): Promise<ReactionPage> {
    return this.connection.call('ListReactions', { chatId, messageId, emoji, afterUserId });
  }
}
