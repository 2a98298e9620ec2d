import { Channels } from './channels';
import type { Chat } from './chat';
import { ChatPages } from './chatPages';
import { ChatStore } from './chatStore';
import { ChatSync, type ChatSyncOptions } from './chatSync';
import { Connection, type AccessTokens, type ConnectionState } from './connection';
import type { ChatSettingsView, ForwardedIntoView, MembershipResult, MessageInfo, MessageVersionView, MessageView, ReplyView, SendMessageResult, SettingsView, UserView } from './contract';
import { UserDirectory } from './directory';
import { dispatch } from './events';
import { ExpiryTimer } from './expiry';
import { Groups } from './groups';
import { Invites } from './invites';
import { Notifications } from './notifications';
import { Outbox, type OutboxEntry } from './outbox';
import type { MessageExtras, OutboxStorage } from './outboxStorage';
import { Observable } from './observable';
import { People } from './people';
import { Pins } from './pins';
import { Polls } from './polls';
import { PositionCheck, type Visibility } from './positionCheck';
import { PresenceWatcher } from './presence';
import { Reactions } from './reactions';
import { ReceiptSender } from './receipts';
import { Reports } from './reports';
import { Search } from './search';
import { Scheduling } from './scheduling';
import { replyHead, sentMessage } from './sentMessages';
import type { HubEvent, HubTransportFactory } from './transport';
import { TypingSender, TypingWatcher } from './typing';

export interface ChatClientOptions {
  /** Who is logged in. */
  readonly userId: number;
  readonly tokens: AccessTokens;
  readonly transport: HubTransportFactory;
  readonly outboxStorage: OutboxStorage;
  readonly fetchUsers: (ids: readonly number[]) => Promise<readonly UserView[]>;
  readonly onNetworkBack?: (listener: () => void) => () => void;
  readonly onNetworkLost?: (listener: () => void) => () => void;
  /** Without it the client counts as visible. */
  readonly visibility?: Visibility;
  readonly onUnauthenticated?: () => void;
  readonly random?: () => number;
  readonly newId?: () => string;
}

/** Messages that an opened chat shows at least, if it has as many. */
const FirstScreen = 30;

/** Everything live of one logged-in user. Make one, `start` it, read `store`, `directory` and the connection state; `close` it at the end. */
export class ChatClient {
  readonly userId: number;
  readonly store: ChatStore;
  readonly directory: UserDirectory;
  readonly connection: Connection;
  readonly presence: PresenceWatcher;
  /** Who of the others is typing. */
  readonly typing: TypingWatcher;
  /** To be told what happens to the text that the user writes. */
  readonly composing: TypingSender;
  /** Roles, permissions and what a group says of itself. */
  readonly groups: Groups;
  readonly channels: Channels;
  readonly invites: Invites;
  readonly reactions: Reactions;
  readonly pins: Pins;
  readonly search: Search;
  readonly reports: Reports;
  readonly notifications: Notifications;
  readonly polls: Polls;
  readonly scheduling: Scheduling;
  /** Contacts, blocks, settings. */
  readonly people: People;
  readonly #settingsChanges = new Observable();
  #settings: SettingsView | null = null;
  readonly #options: ChatClientOptions;
  readonly #outbox: Outbox;
  readonly #sync: ChatSync;
  readonly #pages: ChatPages;
  readonly #receipts: ReceiptSender;
  readonly #positions: PositionCheck;
  readonly #expiry: ExpiryTimer;
  #visibleChatId: number | null = null;
  #focused = true;

  constructor(options: ChatClientOptions) {
    const { random, transport, tokens, onNetworkBack, onNetworkLost } = options;
    this.#options = options;
    this.userId = options.userId;
    this.directory = new UserDirectory(options.fetchUsers);
    this.connection = new Connection({ transport, tokens, ...(random && { random }), ...(onNetworkBack && { onNetworkBack }), ...(onNetworkLost && { onNetworkLost }) });
    this.presence = new PresenceWatcher(this.connection, random);
    this.typing = new TypingWatcher(options.userId);
    this.composing = new TypingSender(this.connection);
    this.groups = new Groups(this.connection);
    this.channels = new Channels(this.connection, (view) => this.#settle(this.store.applyHead(view), []));
    this.invites = new Invites(this.connection);
    this.reactions = new Reactions(this.connection);
    this.pins = new Pins(this.connection);
    this.search = new Search(this.connection);
    this.reports = new Reports(this.connection);
    this.notifications = new Notifications(this.connection);
    this.polls = new Polls(this.connection);
    this.scheduling = new Scheduling(this.connection);
    this.people = new People(
      this.connection,
      (users) => this.directory.put(...users),
      ({ chatId, settings }) => this.#chatSettings(chatId, settings),
    );
    this.#outbox = new Outbox({
      storage: options.outboxStorage,
      send: (request) => this.connection.call('SendMessage', request),
      onSent: (entry, result) => this.#sent(entry, result),
      onChange: (chatId) => this.store.changed(chatId),
      ...(random && { random }),
      ...(options.newId && { newId: options.newId }),
    });
    this.store = new ChatStore(options.userId, (chatId) => this.#outbox.entriesOf(chatId));
    this.#expiry = new ExpiryTimer(this.store, (chat) => this.store.changed(chat.chatId));
    this.#receipts = new ReceiptSender(this.connection, this.store, random);
    const syncOptions: ChatSyncOptions = {
      connection: this.connection,
      store: this.store,
      onChanged: (chat, held) => this.#settle(chat, held),
      onRemoved: (chatId) => this.#removed(chatId),
      onUsers: (users) => this.directory.put(...users),
      random,
    };
    this.#sync = new ChatSync(syncOptions);
    this.#pages = new ChatPages(syncOptions);
    this.#positions = new PositionCheck(() => void this.#sync.checkPositions(), options.visibility, random);
  }

  readonly subscribeConnection = (listener: () => void): (() => void) => this.connection.subscribe(listener);
  readonly getConnectionState = (): ConnectionState => this.connection.getState();

  /** Told when the settings were changed on another device; `getSettings` then gives them. */
  readonly subscribeSettings = this.#settingsChanges.subscribe;
  /** As another device set them last; null while none has. `people.settings()` asks the server. */
  readonly getSettings = (): SettingsView | null => this.#settings;

  start(): void {
    this.connection.start({
      onOnline: () => this.#online(),
      onOffline: () => this.#offline(),
      onEvent: (event) => this.#event(event),
      onUnauthenticated: () => this.#options.onUnauthenticated?.(),
    });
  }

  close(): void {
    this.connection.stop();
    this.#offline();
    this.presence.close();
    this.typing.close();
    this.#outbox.close();
    this.directory.close();
    this.#positions.close();
    this.#expiry.close();
  }

  /**
   * Puts a message into the outbox; it appears at the end of the conversation at once. A place or a contact has an empty text, and that of a
   * file (which is uploaded first) is its caption, or empty.
   */
  send(chatId: number, text: string, extras?: MessageExtras): void {
    this.composing.sent(chatId);
    this.#outbox.add(chatId, text, extras);
  }

  /** What a reply shows of the message that it answers, asked where it came without: its number alone where the user may not see that. */
  async quoteOf(chatId: number, messageId: number): Promise<ReplyView> {
    const held = this.store.get(chatId)?.window.messages.find((message) => message.messageId === messageId);
    if (held) return replyHead(messageId, held);
    const { messages } = await this.connection.call('ListMessages', { chatId, aroundMessageId: messageId, limit: 1 });
    return replyHead(messageId, messages.find((message) => message.messageId === messageId));
  }

  retrySend(clientMessageId: string): void {
    this.#outbox.retry(clientMessageId);
  }

  discardSend(clientMessageId: string): void {
    this.#outbox.discard(clientMessageId);
  }

  /** The chat that is on the screen, or null. What it shows counts as read while the page has the focus. */
  setVisible(chatId: number | null): void {
    this.#visibleChatId = chatId;
    this.store.setOpen(chatId);
    if (chatId === null) return;
    const chat = this.store.get(chatId);
    if (chat === undefined) {
      if (this.connection.getState() === 'online') this.#sync.meet(chatId);
      return;
    }
    this.#open(chat);
    this.#settle(chat, []);
  }

  setFocused(focused: boolean): void {
    this.#focused = focused;
    const chat = this.#visibleChatId === null ? undefined : this.store.get(this.#visibleChatId);
    if (focused && chat) this.#settle(chat, []);
  }

  /** Replaces the text of an own message, or a caption, and whom it names. The change shows when the server tells of it. */
  async editMessage(chatId: number, messageId: number, text: string, mentions: readonly number[] = []): Promise<void> {
    await this.connection.call('EditMessage', { chatId, messageId, text, ...(mentions.length > 0 && { mentions }) });
  }

  /**
   * Sends messages of one chat into others, where they show when the server tells of them. `clientForwardId` is a UUID, the same on every try.
   * Returns what each chat took.
   */
  async forward(clientForwardId: string, fromChatId: number, messageIds: readonly number[], toChatIds: readonly number[]): Promise<readonly ForwardedIntoView[]> {
    return (await this.connection.call('ForwardMessages', { clientForwardId, fromChatId, messageIds, toChatIds })).chats;
  }

  /** Deletes messages: for everybody, or from one's own sight on all devices. */
  async deleteMessages(chatId: number, messageIds: readonly number[], forEveryone: boolean): Promise<void> {
    await this.connection.call('DeleteMessages', { chatId, messageIds, forEveryone });
  }

  /** How long new messages of a chat stay: a day, a week or 90 days; null for good. */
  async setDisappearing(chatId: number, seconds: 86_400 | 604_800 | 7_776_000 | null): Promise<void> {
    await this.connection.call('SetDisappearing', { chatId, seconds });
  }

  /** The texts that a message had before its present one, oldest first. */
  async listEdits(chatId: number, messageId: number): Promise<readonly MessageVersionView[]> {
    return (await this.connection.call('ListEdits', { chatId, messageId })).versions;
  }

  /** Rejects when older messages cannot be had now. */
  loadOlder(chatId: number): Promise<void> {
    return this.#pages.loadOlder(chatId);
  }

  /** Rejects when the members cannot be had now; does nothing when they are known. */
  loadMembers(chatId: number): Promise<void> {
    return this.#pages.loadMembers(chatId);
  }

  /** Finds or creates the chat with somebody. Returns its id. */
  async openDirectChat(userId: number): Promise<number> {
    const view = await this.connection.call('OpenDirectChat', { userId });
    if (view.peer) this.directory.put(view.peer);
    this.#settle(this.store.applyHead(view), []);
    return view.chatId;
  }

  /** The chat that nobody else is in. Returns its id. */
  async openSavedMessages(): Promise<number> {
    const view = await this.connection.call('OpenSavedMessages', {});
    if (view.peer) this.directory.put(view.peer);
    this.#settle(this.store.applyHead(view), []);
    return view.chatId;
  }

  /** `clientGroupId` is a UUID, the same on every try. Returns the chat's id. */
  async createGroup(clientGroupId: string, title: string, memberIds: readonly number[]): Promise<number> {
    const view = await this.connection.call('CreateGroup', { clientGroupId, title, memberIds });
    this.#settle(this.store.applyHead(view), []);
    return view.chatId;
  }

  /** Returns those who do not let the user add them, and are to be invited instead. */
  async addMembers(chatId: number, userIds: readonly number[]): Promise<readonly number[]> {
    const result = await this.connection.call('AddMembers', { chatId, userIds });
    this.#membersChanged(result);
    return result.notAllowedIds;
  }

  async removeMember(chatId: number, userId: number): Promise<void> {
    this.#membersChanged(await this.connection.call('RemoveMember', { chatId, userId }));
  }

  async leaveGroup(chatId: number): Promise<void> {
    await this.connection.call('LeaveGroup', { chatId });
    this.#removed(chatId);
  }

  messageInfo(chatId: number, messageId: number): Promise<MessageInfo> {
    return this.connection.call('GetMessageInfo', { chatId, messageId });
  }

  #online(): void {
    this.#outbox.online();
    this.presence.online();
    this.#positions.online();
    this.#catchUp();
  }

  #catchUp(): void {
    // Whoever came, left or read meanwhile is not known.
    for (const chat of this.store.all()) chat.membersStale = true;
    this.#sync
      .catchUp()
      .then(() => {
        const visible = this.#visibleChatId;
        if (visible === null || this.connection.getState() !== 'online') return;
        const chat = this.store.get(visible);
        if (chat) this.#open(chat);
        else this.#sync.meet(visible);
      })
      // Refused for good, which only a newer client or log-in can mend; what is held stays usable.
      .catch(() => {});
  }

  #offline(): void {
    this.#outbox.offline();
    this.#sync.offline();
    this.#positions.offline();
    this.#receipts.offline();
    this.presence.offline();
    this.composing.offline();
  }

  #event(event: HubEvent): void {
    dispatch(event, {
      store: this.store,
      sync: this.#sync,
      pages: this.#pages,
      presence: this.presence,
      typing: this.typing,
      invites: this.invites,
      notifications: this.notifications,
      scheduling: this.scheduling,
      visibleChatId: this.#visibleChatId,
      settle: (chat, held) => this.#settle(chat, held),
      removed: (chatId) => this.#removed(chatId),
      catchUp: () => this.#catchUp(),
      chatSettings: ({ chatId, settings }) => this.#chatSettings(chatId, settings),
      settings: (settings) => this.#applySettings(settings),
    });
  }

  /** What follows from a change of a chat, whatever caused it. */
  #settle(chat: Chat, held: readonly MessageView[]): void {
    for (const message of held) {
      if (message.senderId === this.userId && message.clientMessageId !== null) this.#outbox.acknowledge(message.clientMessageId);
    }
    this.#sync.watchHole(chat);
    if (chat.chatId === this.#visibleChatId && !chat.loaded) this.#open(chat);
    if (this.#focused && chat.chatId === this.#visibleChatId && chat.hasOthersAbove(chat.watermarks.readUpTo)) {
      chat.advance({ readUpTo: chat.window.upTo });
    }
    if (chat.unreadIsGuess && this.connection.getState() === 'online') void this.#sync.fetchHead(chat.chatId);
    this.#receipts.note(chat);
    this.#expiry.note(chat);
    this.store.changed(chat.chatId);
  }

  #open(chat: Chat): void {
    chat.loaded = true;
    if (chat.window.messages.length < FirstScreen && chat.window.hasOlder) this.#pages.loadOlder(chat.chatId).catch(() => {});
    if (chat.membersStale) this.#pages.loadMembers(chat.chatId).catch(() => {});
  }

  #sent(entry: OutboxEntry, result: SendMessageResult): void {
    const chat = this.store.get(entry.chatId);
    if (chat === undefined) return;
    const find = (messageId: number) => chat.window.messages.find((message) => message.messageId === messageId);
    // In a channel nobody is told who posts, one's own devices neither.
    const shownSenderId = chat.type === 'channel' ? 0 : this.userId;
    this.#settle(chat, chat.post(sentMessage(entry, result, shownSenderId, find)));
  }

  #chatSettings(chatId: number, settings: ChatSettingsView): void {
    const chat = this.store.get(chatId);
    if (chat === undefined) return;
    chat.applySettings(settings);
    this.store.changed(chatId);
  }

  #applySettings(settings: SettingsView): void {
    if (this.#settings !== null && settings.version < this.#settings.version) return;
    this.#settings = settings;
    this.#settingsChanges.changed();
  }

  #membersChanged(result: MembershipResult): void {
    const chat = this.store.get(result.chatId);
    if (chat === undefined || result.messageId === null) return;
    // The system message is pushed as well; should that get lost, the hole is noticed.
    chat.window.noteLast(result.messageId);
    chat.membersStale = true;
    void this.#pages.loadMembers(chat.chatId).catch(() => {});
    this.#settle(chat, []);
  }

  #removed(chatId: number): void {
    this.#sync.left(chatId);
    this.#outbox.discardChat(chatId);
    this.typing.forget(chatId);
    this.store.remove(chatId);
  }
}
