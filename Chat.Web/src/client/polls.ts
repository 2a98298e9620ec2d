import type { Connection } from './connection';
import type { PollView, VotePage } from './contract';

/** Votes in polls. They show in the messages when the server tells of them, one's own as well. A poll is sent as a message, with `poll` among its extras. */
export class Polls {
  constructor(private readonly connection: Connection) {}

  /** Positions of what one chooses, beginning with 0; none takes the vote back. */
  async vote(chatId: number, messageId: number, options: readonly number[]): Promise<void> {
    await this.connection.call('VotePoll', { chatId, messageId, options });
  }

  /** Ends a poll of one's own. */
  async close(chatId: number, messageId: number): Promise<void> {
    await this.connection.call('ClosePoll', { chatId, messageId });
  }

  /** Who chose an option, or voted at all, by user id; not of anonymous polls. */
  votes(chatId: number, messageId: number, option: number | null = null, afterUserId = 0): Promise<VotePage> {
    return this.connection.call('ListVotes', { chatId, messageId, option, afterUserId });
  }
}

/** Whether nobody may vote any more. */
export function isClosed(poll: PollView, now: number): boolean {
  return poll.closedAt != null || (poll.closesAt != null && Date.parse(poll.closesAt) <= now);
}
