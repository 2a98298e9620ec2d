import type { Chat } from './chat';
import { ChatPages } from './chatPages';
import { ChatStore } from './chatStore';
import { ChatSync, type ChatSyncOptions } from './chatSync';
import type { Connection } from './connection';
import type { ChatSettingsChangedEvent, ChatView, MembershipResult, MessageView, SendMessageResult } from './contract';
import type { UserDirectory } from './directory';
import { dispatch, type EventTargets } from './events';
import { ExpiryTimer } from './expiry';
import { Outbox, type OutboxEntry } from './outbox';
import type { OutboxStorage } from './outboxStorage';
import { PositionCheck, type Visibility } from './positionCheck';
import { ReceiptSender } from './receipts';
import { sentMessage } from './sentMessages';
import type { HubEvent } from './transport';

export interface LiveChatsOptions {
  readonly userId: number;
  readonly connection: Connection;
  readonly directory: UserDirectory;
  readonly outboxStorage: OutboxStorage;
  /** The user is in this chat no longer. */
  readonly onRemoved: (chatId: number) => void;
  readonly visibility?: Visibility | undefined;
  readonly random?: (() => number) | undefined;
  readonly newId?: (() => string) | undefined;
}

/** Where events go that are not about chats alone. */
export type OtherTargets = Pick<EventTargets, 'presence' | 'typing' | 'invites' | 'notifications' | 'scheduling' | 'settings'>;

/** Messages that an opened chat shows at least, if it has as many. */
const FirstScreen = 30;

/** Keeps what is known of the user's chats as the server has it: catches up, takes what is pushed, and tells what was read and written. */
export class LiveChats {
  readonly store: ChatStore;
  readonly pages: ChatPages;
  readonly outbox: Outbox;
  readonly #options: LiveChatsOptions;
  readonly #sync: ChatSync;
  readonly #receipts: ReceiptSender;
  readonly #positions: PositionCheck;
  readonly #expiry: ExpiryTimer;
  /** What was stored before its chat was known: a page that has just been opened sends what waits and asks for the chats at once. */
  readonly #sentEarly = new Map<number, [OutboxEntry, SendMessageResult][]>();
  #visibleChatId: number | null = null;
  #focused = true;

  constructor(options: LiveChatsOptions) {
    const { userId, connection, directory, random, newId } = options;
    this.#options = options;
    this.outbox = new Outbox({
      storage: options.outboxStorage,
      send: (request) => connection.call('SendMessage', request),
      onSent: (entry, result) => this.#sent(entry, result),
      onChange: (chatId) => this.store.changed(chatId),
      ...(random && { random }),
      ...(newId && { newId }),
    });
    this.store = new ChatStore(userId, (chatId) => this.outbox.entriesOf(chatId));
    this.#expiry = new ExpiryTimer(this.store, (chat) => this.store.changed(chat.chatId));
    this.#receipts = new ReceiptSender(connection, this.store, random);
    const syncOptions: ChatSyncOptions = {
      connection,
      store: this.store,
      onChanged: (chat, held) => this.settle(chat, held),
      onRemoved: (chatId) => this.removed(chatId),
      onUsers: (users) => directory.put(...users),
      random,
    };
    this.#sync = new ChatSync(syncOptions);
    this.pages = new ChatPages(syncOptions);
    this.#positions = new PositionCheck(() => void this.#sync.checkPositions(), options.visibility, random);
  }

  online(): void {
    this.outbox.online();
    this.#positions.online();
    this.catchUp();
  }

  offline(): void {
    this.outbox.offline();
    this.#sync.offline();
    this.#positions.offline();
    this.#receipts.offline();
  }

  close(): void {
    this.outbox.close();
    this.#positions.close();
    this.#expiry.close();
  }

  event(event: HubEvent, others: OtherTargets): void {
    dispatch(event, {
      ...others,
      store: this.store,
      sync: this.#sync,
      pages: this.pages,
      visibleChatId: this.#visibleChatId,
      settle: (chat, held) => this.settle(chat, held),
      removed: (chatId) => this.removed(chatId),
      catchUp: () => this.catchUp(),
      chatSettings: (changed) => this.chatSettings(changed),
    });
  }

  catchUp(): void {
    // Whoever came, left or read meanwhile is not known.
    for (const chat of this.store.all()) chat.membersStale = true;
    this.#sync
      .catchUp()
      .then(() => {
        const visible = this.#visibleChatId;
        if (visible === null || !this.#isOnline()) return;
        const chat = this.store.get(visible);
        if (chat) this.#open(chat);
        else this.#sync.meet(visible);
      })
      // Refused for good, which only a newer client or log-in can mend; what is held stays usable.
      .catch(() => {});
  }

  setVisible(chatId: number | null): void {
    this.#visibleChatId = chatId;
    this.store.setOpen(chatId);
    if (chatId === null) return;
    const chat = this.store.get(chatId);
    if (chat === undefined) {
      if (this.#isOnline()) this.#sync.meet(chatId);
      return;
    }
    this.#open(chat);
    this.settle(chat, []);
  }

  setFocused(focused: boolean): void {
    this.#focused = focused;
    const chat = this.#visibleChatId === null ? undefined : this.store.get(this.#visibleChatId);
    if (focused && chat) this.settle(chat, []);
  }

  /** Takes a chat as a call answered it. Returns its id. */
  met(view: ChatView): number {
    if (view.peer) this.#options.directory.put(view.peer);
    this.settle(this.store.applyHead(view), []);
    return view.chatId;
  }

  /** What follows from a change of a chat, whatever caused it. */
  settle(chat: Chat, held: readonly MessageView[]): void {
    this.#takeSentEarly(chat);
    for (const message of held) {
      if (message.senderId === this.#options.userId && message.clientMessageId !== null) this.outbox.acknowledge(message.clientMessageId);
    }
    this.#sync.watchHole(chat);
    if (chat.chatId === this.#visibleChatId && !chat.loaded) this.#open(chat);
    if (this.#focused && chat.chatId === this.#visibleChatId && chat.hasOthersAbove(chat.watermarks.readUpTo)) {
      chat.advance({ readUpTo: chat.window.upTo });
    }
    if (chat.unreadIsGuess && this.#isOnline()) void this.#sync.fetchHead(chat.chatId);
    this.#receipts.note(chat);
    this.#expiry.note(chat);
    this.store.changed(chat.chatId);
  }

  chatSettings({ chatId, settings }: ChatSettingsChangedEvent): void {
    const chat = this.store.get(chatId);
    if (chat === undefined) return;
    chat.applySettings(settings);
    this.store.changed(chatId);
  }

  membersChanged(result: MembershipResult): void {
    const chat = this.store.get(result.chatId);
    if (chat === undefined || result.messageId === null) return;
    // The system message is pushed as well; should that get lost, the hole is noticed.
    chat.window.noteLast(result.messageId);
    chat.membersStale = true;
    void this.pages.loadMembers(chat.chatId).catch(() => {});
    this.settle(chat, []);
  }

  removed(chatId: number): void {
    this.#sync.left(chatId);
    this.#sentEarly.delete(chatId);
    this.outbox.discardChat(chatId);
    this.#options.onRemoved(chatId);
    this.store.remove(chatId);
  }

  #isOnline(): boolean {
    return this.#options.connection.getState() === 'online';
  }

  #open(chat: Chat): void {
    chat.loaded = true;
    if (chat.window.messages.length < FirstScreen && chat.window.hasOlder) this.pages.loadOlder(chat.chatId).catch(() => {});
    if (chat.membersStale) this.pages.loadMembers(chat.chatId).catch(() => {});
  }

  #takeSentEarly(chat: Chat): void {
    const early = this.#sentEarly.get(chat.chatId);
    if (early === undefined) return;
    this.#sentEarly.delete(chat.chatId);
    for (const [entry, result] of early) this.#sent(entry, result);
  }

  #sent(entry: OutboxEntry, result: SendMessageResult): void {
    const chat = this.store.get(entry.chatId);
    if (chat === undefined) {
      // The list that is on its way may have been read before this was stored.
      this.#sentEarly.set(entry.chatId, [...(this.#sentEarly.get(entry.chatId) ?? []), [entry, result]]);
      return;
    }
    const find = (messageId: number) => chat.window.messages.find((message) => message.messageId === messageId);
    // In a channel nobody is told who posts, one's own devices neither.
    const shownSenderId = chat.type === 'channel' ? 0 : this.#options.userId;
    this.settle(chat, chat.post(sentMessage(entry, result, shownSenderId, find)));
  }
}
