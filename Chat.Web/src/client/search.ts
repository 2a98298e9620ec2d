import type { Connection } from './connection';
import type { ChatHit, ChatSearchPage, MessageSearchPage, PersonHit } from './contract';

/** Finds messages, chats and people. Wait until somebody stops typing before you ask: searches have a limit of their own. */
export class Search {
  constructor(private readonly connection: Connection) {}

  /** Messages in all chats, newest first; `cursor` of the page before gives the next one. */
  messages(query: string, cursor: string | null = null, limit: number | null = null): Promise<MessageSearchPage> {
    return this.connection.call('SearchMessages', { query, cursor, limit });
  }

  /** Messages in one chat, newest first; `beforeMessageId` of the page before gives the next one. */
  inChat(chatId: number, query: string, beforeMessageId: number | null = null, limit: number | null = null): Promise<ChatSearchPage> {
    return this.connection.call('SearchChat', { chatId, query, beforeMessageId, limit });
  }

  /** One's own chats, by any part of their name. */
  async chats(query: string, limit: number | null = null): Promise<readonly ChatHit[]> {
    return (await this.connection.call('SearchChats', { query, limit })).chats;
  }

  /** People whom one knows by any part of their name, others by their exact username. */
  async people(query: string, limit: number | null = null): Promise<readonly PersonHit[]> {
    return (await this.connection.call('SearchPeople', { query, limit })).people;
  }
}
