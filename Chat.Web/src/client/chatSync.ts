import type { Chat } from './chat';
import type { ChatStore } from './chatStore';
import type { Connection } from './connection';
import type { ChatPage, MessageView, UserView } from './contract';
import { parseHubError } from './errors';
import { limited, repeat } from './repeat';

/** How long a missing message may still arrive by itself. */
export const HoleWaitMs = 500;
const SyncLimit = 100;
/** Heads that a check of positions asks for at a time. */
const CheckLimit = 20;
/** The server may ask again and again to catch up; it is not done more often than this. */
const CatchUpGapMs = 1_000;

export interface ChatSyncOptions {
  readonly connection: Connection;
  readonly store: ChatStore;
  /** A chat changed in a way that only an answer of the server can cause. */
  readonly onChanged: (chat: Chat, held: readonly MessageView[]) => void;
  readonly onRemoved: (chatId: number) => void;
  /** People were named in an answer. */
  readonly onUsers: (users: readonly UserView[]) => void;
  readonly random?: (() => number) | undefined;
}

interface HeadFetch {
  /** The user left the chat meanwhile: the answer may be older than that. */
  void: boolean;
  again: boolean;
}

/** Asks the server for whatever is missing: after a reconnect, behind a hole, about unknown chats. */
export class ChatSync {
  readonly #options: ChatSyncOptions;
  readonly #holeTimers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #syncs = new Map<number, { again: boolean }>();
  readonly #heads = new Map<number, HeadFetch>();
  /** Messages of chats that are not known yet. */
  readonly #strays = new Map<number, MessageView[]>();
  readonly #limited = limited(4);
  #catchUp: { readonly removed: Set<number>; again: boolean } | null = null;
  #check: { readonly removed: Set<number> } | null = null;

  constructor(options: ChatSyncOptions) {
    this.#options = options;
  }

  /**
   * To be called on every new connection: by then the server pushes to it, so nothing falls in between. One at a time; calls during one
   * make it go round once more.
   */
  async catchUp(): Promise<void> {
    if (this.#catchUp !== null) {
      this.#catchUp.again = true;
      return;
    }
    const run = { removed: new Set<number>(), again: false };
    this.#catchUp = run;
    try {
      do {
        run.again = false;
        await this.#listChats(run);
        if (run.again) await new Promise((resolve) => setTimeout(resolve, CatchUpGapMs));
      } while (run.again && this.#catchUp === run);
    } finally {
      if (this.#catchUp === run) this.#catchUp = null;
    }
    this.#meetStrays();
  }

  async #listChats(run: { readonly removed: Set<number> }): Promise<void> {
    const { connection, store } = this.#options;
    const epoch = connection.epoch;
    const before = store.all();
    const listed = new Set<number>();
    try {
      let cursor: string | null = null;
      do {
        const page: ChatPage = await this.#repeat(() => connection.call('ListChats', { cursor, limit: 100 }));
        this.#options.onUsers(page.chats.flatMap((view) => view.peer ?? []));
        for (const view of page.chats) {
          listed.add(view.chatId);
          if (run.removed.has(view.chatId)) continue;
          const chat = store.applyHead(view);
          this.#options.onChanged(chat, []);
          if (chat.window.hasHole) void this.sync(view.chatId);
        }
        cursor = page.nextCursor;
      } while (cursor !== null);
    } catch (error) {
      if (connection.epoch === epoch && parseHubError(error).code !== 'disconnected') throw error;
      return;
    }
    store.setReady();
    // Not listed: left meanwhile, or moved to the front between two pages, or empty. The chat itself knows, and what else is new in it.
    for (const { chatId } of before) if (!listed.has(chatId)) void this.fetchHead(chatId);
  }

  /**
   * Compares the chats that were active last with what is held, and goes on while something was missing: a push may have been lost
   * without a trace. One at a time, and not beside a catch-up, which sees more.
   */
  async checkPositions(): Promise<void> {
    if (this.#catchUp !== null || this.#check !== null) return;
    const { connection } = this.#options;
    const run = { removed: new Set<number>() };
    this.#check = run;
    const before = this.#options.store.all();
    const listed = new Set<number>();
    try {
      let cursor: string | null = null;
      do {
        const page: ChatPage = await connection.call('ListChats', { cursor, limit: CheckLimit });
        if (this.#check !== run || this.#catchUp !== null) return;
        const ahead = this.#applyPage(page, run.removed, listed);
        if (!ahead || page.nextCursor === null) this.#lookForUnlisted(before, page, listed);
        cursor = ahead ? page.nextCursor : null;
      } while (cursor !== null);
    } catch {
      // Now is not the time; the next check comes.
    } finally {
      if (this.#check === run) this.#check = null;
    }
  }

  /** Returns whether any of the heads was ahead of what is held. */
  #applyPage(page: ChatPage, removed: ReadonlySet<number>, listed: Set<number>): boolean {
    const { store } = this.#options;
    let ahead = false;
    this.#options.onUsers(page.chats.flatMap((view) => view.peer ?? []));
    for (const view of page.chats) {
      listed.add(view.chatId);
      if (removed.has(view.chatId)) continue;
      ahead ||= store.get(view.chatId)?.isBehind(view) ?? true;
      // What is on its way may still arrive by itself: a hole gets its usual time.
      this.#options.onChanged(store.applyHead(view), []);
    }
    return ahead;
  }

  /** A chat that would have to stand on this page or before, and does not: perhaps the user was removed from it. */
  #lookForUnlisted(before: readonly Chat[], page: ChatPage, listed: ReadonlySet<number>): void {
    const last = page.nextCursor === null ? null : page.chats.at(-1);
    for (const chat of before) {
      if (listed.has(chat.chatId) || (chat.type === 'direct' && chat.window.upTo === 0)) continue;
      if (!last || Date.parse(chat.lastActivityAt) > Date.parse(last.lastActivityAt)) void this.fetchHead(chat.chatId);
    }
  }

  #meetStrays(): void {
    for (const chatId of [...this.#strays.keys()]) {
      const chat = this.#options.store.get(chatId);
      if (chat) this.#postStrays(chat);
      else void this.fetchHead(chatId);
    }
  }

  /** The connection is gone: what waits for it is moot, the catch-up of the next one covers it. */
  offline(): void {
    for (const timer of this.#holeTimers.values()) clearTimeout(timer);
    this.#holeTimers.clear();
    this.#catchUp = null;
    this.#check = null;
    this.#syncs.clear();
    this.#heads.clear();
    this.#strays.clear();
  }

  /** Starts the wait for missing messages, or ends it when there are none any more. */
  watchHole(chat: Chat): void {
    const timer = this.#holeTimers.get(chat.chatId);
    if (!chat.window.hasHole) {
      if (timer !== undefined) clearTimeout(timer);
      this.#holeTimers.delete(chat.chatId);
    } else if (timer === undefined && !this.#syncs.has(chat.chatId) && this.#options.connection.getState() === 'online') {
      const fire = (): void => {
        this.#holeTimers.delete(chat.chatId);
        void this.sync(chat.chatId);
      };
      this.#holeTimers.set(chat.chatId, setTimeout(fire, HoleWaitMs));
    }
  }

  /** Brings a chat up to date. One at a time per chat; a call during one makes it go round once more. */
  async sync(chatId: number): Promise<void> {
    const running = this.#syncs.get(chatId);
    if (running) {
      running.again = true;
      return;
    }
    const chat = this.#options.store.get(chatId);
    if (chat === undefined) return;
    const run = { again: false };
    this.#syncs.set(chatId, run);
    try {
      do {
        run.again = false;
        await this.#limited(() => this.#syncToEnd(chat));
      } while (run.again && this.#syncs.get(chatId) === run);
    } catch (error) {
      this.#failed(chatId, error);
    } finally {
      if (this.#syncs.get(chatId) === run) this.#syncs.delete(chatId);
    }
    if (this.#options.store.get(chatId) === chat) this.watchHole(chat);
  }

  async #syncToEnd(chat: Chat): Promise<void> {
    const { connection, store } = this.#options;
    const { chatId } = chat;
    let hasMore = true;
    while (hasMore) {
      const { upTo: afterMessageId, upToChange: afterChangeId, upToHide: afterHideId } = chat.window;
      const asked = { chatId, afterMessageId, afterChangeId, afterHideId, limit: SyncLimit };
      const result = await this.#repeat(() => connection.call('SyncChat', asked));
      if (store.get(chatId) !== chat) return;
      const held = chat.applySync(result);
      store.changed(chatId);
      this.#options.onChanged(chat, held);
      hasMore = result.hasMore
        && (chat.window.upTo > afterMessageId || chat.window.upToChange > afterChangeId || chat.window.upToHide > afterHideId);
    }
  }

  /** Something was pushed for a chat that is not known. */
  meet(chatId: number, message?: MessageView): void {
    if (message) {
      const strays = this.#strays.get(chatId) ?? [];
      strays.push(message);
      this.#strays.set(chatId, strays);
    }
    // The listing under way brings most of them; what it does not bring is fetched after it.
    if (this.#catchUp !== null) {
      if (!this.#strays.has(chatId)) this.#strays.set(chatId, []);
      this.#catchUp.removed.delete(chatId);
      return;
    }
    const running = this.#heads.get(chatId);
    if (running?.void) running.again = true;
    else void this.fetchHead(chatId);
  }

  left(chatId: number): void {
    this.#catchUp?.removed.add(chatId);
    this.#check?.removed.add(chatId);
    this.#strays.delete(chatId);
    const fetch = this.#heads.get(chatId);
    if (fetch) fetch.void = true;
  }

  async fetchHead(chatId: number): Promise<void> {
    if (this.#heads.has(chatId)) return;
    const { connection, store } = this.#options;
    const fetch: HeadFetch = { void: false, again: false };
    this.#heads.set(chatId, fetch);
    try {
      const view = await this.#limited(() => this.#repeat(() => connection.call('GetChat', { chatId })));
      if (!fetch.void && this.#heads.get(chatId) === fetch) {
        const chat = store.applyHead(view);
        if (view.peer) this.#options.onUsers([view.peer]);
        this.#options.onChanged(chat, []);
        if (chat.window.hasHole) this.watchHole(chat);
        this.#postStrays(chat);
      }
    } catch (error) {
      if (!fetch.void) this.#failed(chatId, error);
    } finally {
      if (this.#heads.get(chatId) === fetch) this.#heads.delete(chatId);
    }
    if (fetch.again) await this.fetchHead(chatId);
  }

  #postStrays(chat: Chat): void {
    const strays = this.#strays.get(chat.chatId) ?? [];
    this.#strays.delete(chat.chatId);
    for (const message of strays) this.#options.onChanged(chat, chat.post(message));
  }

  #repeat<T>(call: () => Promise<T>): Promise<T> {
    return repeat(this.#options.connection, call, this.#options.random);
  }

  #failed(chatId: number, error: unknown): void {
    const { code } = parseHubError(error);
    if (code === 'not_found' || code === 'forbidden') this.#options.onRemoved(chatId);
  }
}
