import type { Connection } from './connection';
import type {
  CreateInviteResult, InvitePage, InvitePreview, JoinByInviteResult, JoinRequestAnsweredEvent, JoinRequestedEvent, JoinRequestPage, MembershipResult,
} from './contract';

export interface InviteLimits {
  /** How long the invite works; without it, until somebody revokes it. */
  readonly seconds?: number;
  /** How many may come in by it; without it, any number. */
  readonly maxUses?: number;
  readonly needsApproval?: boolean;
}

export interface InviteListener {
  requested?(request: JoinRequestedEvent): void;
  answered?(answer: JoinRequestAnsweredEvent): void;
}

/** Invite links, and requests to join. A group that was joined appears by itself, as events. */
export class Invites {
  readonly #listeners = new Set<InviteListener>();

  constructor(private readonly connection: Connection) {}

  readonly subscribe = (listener: InviteListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The code is told only here. */
  create(chatId: number, limits: InviteLimits = {}): Promise<CreateInviteResult> {
    return this.connection.call('CreateInvite', { chatId, ...limits });
  }

  async revoke(chatId: number, inviteId: number): Promise<void> {
    await this.connection.call('RevokeInvite', { chatId, inviteId });
  }

  list(chatId: number, afterInviteId = 0): Promise<InvitePage> {
    return this.connection.call('ListInvites', { chatId, afterInviteId });
  }

  preview(code: string): Promise<InvitePreview> {
    return this.connection.call('PreviewInvite', { code });
  }

  join(code: string): Promise<JoinByInviteResult> {
    return this.connection.call('JoinByInvite', { code });
  }

  requests(chatId: number, afterUserId = 0): Promise<JoinRequestPage> {
    return this.connection.call('ListJoinRequests', { chatId, afterUserId });
  }

  answer(chatId: number, userId: number, approve: boolean): Promise<MembershipResult> {
    return this.connection.call('AnswerJoinRequest', { chatId, userId, approve });
  }

  heardRequest(request: JoinRequestedEvent): void {
    for (const listener of this.#listeners) listener.requested?.(request);
  }

  heardAnswer(answer: JoinRequestAnsweredEvent): void {
    for (const listener of this.#listeners) listener.answered?.(answer);
  }
}
