import type { Connection } from './connection';
import type { ChatView, MembershipResult, MessagePage, PublicChannelView } from './contract';

export interface NewChannel {
  readonly title: string;
  readonly description?: string;
  /** Makes it public under this name; without one it is private. */
  readonly username?: string;
  /** Whether its posts bear their author's name. */
  readonly signatures?: boolean;
}

/** Channels: few post, any number read. Titles, admins, invites and leaving go the groups' way. */
export class Channels {
  constructor(
    private readonly connection: Connection,
    private readonly onJoined: (chat: ChatView) => void,
  ) {}

  /** `clientChannelId` is a UUID, the same on every try. Returns the chat's id. */
  async create(clientChannelId: string, channel: NewChannel): Promise<number> {
    return this.#in(await this.connection.call('CreateChannel', { clientChannelId, ...channel }));
  }

  /** What is left out stays as it is; an empty name makes it private. */
  update(chatId: number, change: { readonly username?: string; readonly signatures?: boolean }): Promise<MembershipResult> {
    return this.connection.call('UpdateChannel', { chatId, ...change });
  }

  /** The public channel of a name. Rejects with `not_found` when there is none. */
  find(username: string): Promise<PublicChannelView> {
    return this.connection.call('GetPublicChannel', { username });
  }

  /** What a public channel posts, the newest page or the one below a message, for somebody who is not in it. */
  preview(chatId: number, beforeMessageId: number | null = null): Promise<MessagePage> {
    return this.connection.call('PreviewChannel', { chatId, beforeMessageId });
  }

  /** Joins a public channel. Returns the chat's id. */
  async join(chatId: number): Promise<number> {
    return this.#in(await this.connection.call('JoinChannel', { chatId }));
  }

  #in(chat: ChatView): number {
    this.onJoined(chat);
    return chat.chatId;
  }
}
