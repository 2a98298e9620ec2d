import { Channels } from './channels';
import type { ChatStore } from './chatStore';
import { Connection, type AccessTokens, type ConnectionState } from './connection';
import type { ForwardedIntoView, MessageInfo, MessageVersionView, ReplyView, SettingsView, UserView } from './contract';
import { UserDirectory } from './directory';
import { Groups } from './groups';
import { Invites } from './invites';
import { LiveChats, type OtherTargets } from './liveChats';
import { Notifications } from './notifications';
import type { MessageExtras, OutboxStorage } from './outboxStorage';
import { Observable } from './observable';
import { People } from './people';
import { Pins } from './pins';
import { Polls } from './polls';
import type { Visibility } from './positionCheck';
import { PresenceWatcher } from './presence';
import { Reactions } from './reactions';
import { Reports } from './reports';
import { Search } from './search';
import { Scheduling } from './scheduling';
import { replyHead } from './sentMessages';
import type { HubTransportFactory } from './transport';
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
  readonly #chats: LiveChats;

  constructor(options: ChatClientOptions) {
    const { userId, outboxStorage, visibility, newId, random, transport, tokens, onNetworkBack, onNetworkLost } = options;
    this.#options = options;
    this.userId = userId;
    this.directory = new UserDirectory(options.fetchUsers);
    this.connection = new Connection({ transport, tokens, ...(random && { random }), ...(onNetworkBack && { onNetworkBack }), ...(onNetworkLost && { onNetworkLost }) });
    this.#chats = new LiveChats({
      userId, connection: this.connection, directory: this.directory, outboxStorage, visibility, random, newId, onRemoved: (chatId) => this.typing.forget(chatId),
    });
    this.store = this.#chats.store;
    this.presence = new PresenceWatcher(this.connection, random);
    this.typing = new TypingWatcher(userId);
    this.composing = new TypingSender(this.connection);
    this.groups = new Groups(this.connection);
    this.channels = new Channels(this.connection, (view) => this.#chats.met(view));
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
      (changed) => this.#chats.chatSettings(changed),
    );
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
      onEvent: (event) => this.#chats.event(event, this.#others),
      onUnauthenticated: () => this.#options.onUnauthenticated?.(),
    });
  }

  close(): void {
    this.connection.stop();
    this.#offline();
    this.presence.close();
    this.typing.close();
    this.#chats.close();
    this.directory.close();
  }

  /**
   * Puts a message into the outbox; it appears at the end of the conversation at once. A place or a contact has an empty text, and that of a
   * file (which is uploaded first) is its caption, or empty.
   */
  send(chatId: number, text: string, extras?: MessageExtras): void {
    this.composing.sent(chatId);
    this.#chats.outbox.add(chatId, text, extras);
  }

  /** What a reply shows of the message that it answers, asked where it came without: its number alone where the user may not see that. */
  async quoteOf(chatId: number, messageId: number): Promise<ReplyView> {
    const held = this.store.get(chatId)?.window.messages.find((message) => message.messageId === messageId);
    if (held) return replyHead(messageId, held);
    const { messages } = await this.connection.call('ListMessages', { chatId, aroundMessageId: messageId, limit: 1 });
    return replyHead(messageId, messages.find((message) => message.messageId === messageId));
  }

  retrySend(clientMessageId: string): void {
    this.#chats.outbox.retry(clientMessageId);
  }

  discardSend(clientMessageId: string): void {
    this.#chats.outbox.discard(clientMessageId);
  }

  /** The chat that is on the screen, or null. What it shows counts as read while the page has the focus. */
  setVisible(chatId: number | null): void {
    this.#chats.setVisible(chatId);
  }

  setFocused(focused: boolean): void {
    this.#chats.setFocused(focused);
  }

  /** Replaces the text of an own message, or a caption, and whom it names; an empty caption goes. The change shows when the server tells of it. */
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
    return this.#chats.pages.loadOlder(chatId);
  }

  /** Rejects when the members cannot be had now; does nothing when they are known. */
  loadMembers(chatId: number): Promise<void> {
    return this.#chats.pages.loadMembers(chatId);
  }

  /** Finds or creates the chat with somebody. Returns its id. */
  async openDirectChat(userId: number): Promise<number> {
    return this.#chats.met(await this.connection.call('OpenDirectChat', { userId }));
  }

  /** The chat that nobody else is in. Returns its id. */
  async openSavedMessages(): Promise<number> {
    return this.#chats.met(await this.connection.call('OpenSavedMessages', {}));
  }

  /** `clientGroupId` is a UUID, the same on every try. Returns the chat's id. */
  async createGroup(clientGroupId: string, title: string, memberIds: readonly number[]): Promise<number> {
    return this.#chats.met(await this.connection.call('CreateGroup', { clientGroupId, title, memberIds }));
  }

  /** Returns those who do not let the user add them, and are to be invited instead. */
  async addMembers(chatId: number, userIds: readonly number[]): Promise<readonly number[]> {
    const result = await this.connection.call('AddMembers', { chatId, userIds });
    this.#chats.membersChanged(result);
    return result.notAllowedIds;
  }

  async removeMember(chatId: number, userId: number): Promise<void> {
    this.#chats.membersChanged(await this.connection.call('RemoveMember', { chatId, userId }));
  }

  async leaveGroup(chatId: number): Promise<void> {
    await this.connection.call('LeaveGroup', { chatId });
    this.#chats.removed(chatId);
  }

  messageInfo(chatId: number, messageId: number): Promise<MessageInfo> {
    return this.connection.call('GetMessageInfo', { chatId, messageId });
  }

  #online(): void {
    this.presence.online();
    this.#chats.online();
  }

  #offline(): void {
    this.#chats.offline();
    this.presence.offline();
    this.composing.offline();
  }

  get #others(): OtherTargets {
    const { presence, typing, invites, notifications, scheduling } = this;
    return { presence, typing, invites, notifications, scheduling, settings: (settings) => this.#applySettings(settings) };
  }

  #applySettings(settings: SettingsView): void {
    if (this.#settings !== null && settings.version < this.#settings.version) return;
    this.#settings = settings;
    this.#settingsChanges.changed();
  }
}
