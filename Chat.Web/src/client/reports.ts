import type { Connection } from './connection';

export type ReportReason = 'spam' | 'abuse' | 'violence' | 'sexual' | 'illegal' | 'other';

/** Tells those who run the server of a message or a person. Nobody else hears of it. */
export class Reports {
  constructor(private readonly connection: Connection) {}

  async message(chatId: number, messageId: number, reason: ReportReason, comment: string | null = null): Promise<void> {
    await this.connection.call('ReportMessage', { chatId, messageId, reason, comment });
  }

  async person(userId: number, reason: ReportReason, comment: string | null = null): Promise<void> {
    await this.connection.call('ReportUser', { userId, reason, comment });
  }
}
