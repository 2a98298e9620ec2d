import { Chat, type ChatSummary, type Conversation } from './chat';
import type { ChatView } from './contract';
import { Observable } from './observable';
import type { OutboxEntry } from './outbox';

/** Messages kept of a chat that is not on the screen. */
const MaxMessagesInBackground = 500;

/** All chats as the screen sees them. Snapshots are the same object until something in them changes. */
export class ChatStore {
  readonly #chats = new Map<number, Chat>();
  readonly #changes = new Observable();
  #list: readonly ChatSummary[] | null = null;
  #ready = false;
  #openChatId: number | null = null;

  constructor(
    private readonly me: number,
    private readonly pendingOf: (chatId: number) => readonly OutboxEntry[],
  ) {}

  readonly subscribe = this.#changes.subscribe;

  /** Chats by last activity, newest first. */
  readonly getList = (): readonly ChatSummary[] => {
    this.#list ??= [...this.#chats.values()]
      .map((chat) => chat.summary(this.pendingOf(chat.chatId)))
      .sort((a, b) => Date.parse(b.lastActivityAt) - Date.parse(a.lastActivityAt) || b.chatId - a.chatId);
    return this.#list;
  };

  getSummary(chatId: number): ChatSummary | null {
    return this.#chats.get(chatId)?.summary(this.pendingOf(chatId)) ?? null;
  }

  getConversation(chatId: number): Conversation | null {
    return this.#chats.get(chatId)?.conversation(this.pendingOf(chatId)) ?? null;
  }

  readonly getUnreadTotal = (): number => this.getList().reduce((sum, chat) => sum + chat.unreadCount, 0);

  /** False until all chats were listed for the first time. */
  readonly isReady = (): boolean => this.#ready;

  get(chatId: number): Chat | undefined {
    return this.#chats.get(chatId);
  }

  all(): readonly Chat[] {
    return [...this.#chats.values()];
  }

  get openChatId(): number | null {
    return this.#openChatId;
  }

  setReady(): void {
    this.#ready = true;
    this.#changes.changed();
  }

  /** The chat on the screen keeps all of its messages; others are cut to a bounded number. */
  setOpen(chatId: number | null): void {
    const before = this.#openChatId;
    this.#openChatId = chatId;
    if (before !== null && before !== chatId) this.changed(before);
  }

  applyHead(view: ChatView): Chat {
    let chat = this.#chats.get(view.chatId);
    if (chat === undefined) {
      chat = new Chat(view, this.me);
      this.#chats.set(view.chatId, chat);
    } else {
      chat.applyHead(view);
    }
    this.changed(view.chatId);
    return chat;
  }

  remove(chatId: number): void {
    if (!this.#chats.delete(chatId)) return;
    this.#list = null;
    this.#changes.changed();
  }

  /** To be called after anything in a chat, or in what waits to be sent to it, changed. */
  changed(chatId: number): void {
    const chat = this.#chats.get(chatId);
    if (chat === undefined) return;
    if (chatId !== this.#openChatId) chat.window.trim(MaxMessagesInBackground);
    chat.touch();
    this.#list = null;
    this.#changes.changed();
  }
}
