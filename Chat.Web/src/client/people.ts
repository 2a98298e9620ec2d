import type { Connection } from './connection';
import type {
  ChatSettingsChangedEvent,
  ChatSettingsView,
  ContactPage,
  ContactView,
  BlockedPage,
  ImportedContact,
  SettingsView,
  UserView,
} from './contract';
import { limits } from './contract';

export type Audience = 'everyone' | 'contacts' | 'contacts_except' | 'nobody';
export type PrivacySetting = 'last_seen' | 'picture' | 'status' | 'groups';
export type NotificationKind = keyof SettingsView['notifications'];

/** Contacts, blocks and settings of the user. Every call rejects with what the server says; nothing is kept here. */
export class People {
  constructor(
    private readonly connection: Connection,
    private readonly onUsers: (users: readonly UserView[]) => void,
    private readonly onChatSettings: (changed: ChatSettingsChangedEvent) => void,
  ) {}

  /** Give either the user id or the phone number. */
  async addContact(who: { userId: number } | { phoneNumber: string }, name?: string): Promise<ContactView> {
    const contact = await this.connection.call('AddContact', { userId: null, phoneNumber: null, ...who, name: name ?? null });
    this.onUsers([contact.user]);
    return contact;
  }

  /** Without a name the person's own is shown. */
  renameContact(userId: number, name: string | null): Promise<ContactView> {
    return this.connection.call('RenameContact', { userId, name });
  }

  async removeContact(userId: number): Promise<void> {
    await this.connection.call('RemoveContact', { userId });
  }

  /** Ascending by user id; ask again with the last one while `hasMore`. */
  async contacts(afterUserId: number | null = null): Promise<ContactPage> {
    const page = await this.connection.call('ListContacts', { afterUserId, limit: null });
    this.onUsers(page.contacts.map(({ user }) => user));
    return page;
  }

  /** Any number of phone numbers, in calls of at most 500. Rejects when the day's look-ups are used up; what was found until then is added. */
  async importContacts(phoneNumbers: readonly string[]): Promise<readonly ImportedContact[]> {
    const found: ImportedContact[] = [];
    for (let at = 0; at < phoneNumbers.length; at += limits.importedContacts) {
      const part = phoneNumbers.slice(at, at + limits.importedContacts);
      found.push(...(await this.connection.call('ImportContacts', { phoneNumbers: part })).found);
    }
    this.onUsers(found.map(({ contact }) => contact.user));
    return found;
  }

  async block(userId: number): Promise<void> {
    await this.connection.call('BlockUser', { userId });
  }

  async unblock(userId: number): Promise<void> {
    await this.connection.call('UnblockUser', { userId });
  }

  /** Ascending by user id; ask again with the last one while `hasMore`. */
  blocked(afterUserId: number | null = null): Promise<BlockedPage> {
    return this.connection.call('ListBlocked', { afterUserId, limit: null });
  }

  settings(): Promise<SettingsView> {
    return this.connection.call('GetSettings', {});
  }

  /** `exceptIds` with `contacts_except`, and only then. */
  setPrivacy(setting: PrivacySetting, audience: Audience, exceptIds: readonly number[] | null = null): Promise<SettingsView> {
    return this.connection.call('SetPrivacy', { setting, audience, exceptIds });
  }

  setReadReceipts(enabled: boolean): Promise<SettingsView> {
    return this.connection.call('SetReadReceipts', { enabled });
  }

  setNotifications(kind: NotificationKind, enabled: boolean): Promise<SettingsView> {
    return this.connection.call('SetNotifications', { kind, enabled });
  }

  /** Null ends it. */
  mute(chatId: number, until: Date | null): Promise<void> {
    return this.#changed(chatId, this.connection.call('MuteChat', { chatId, until: until?.toISOString() ?? null }));
  }

  archive(chatId: number, archived: boolean): Promise<void> {
    return this.#changed(chatId, this.connection.call('ArchiveChat', { chatId, archived }));
  }

  markUnread(chatId: number, unread: boolean): Promise<void> {
    return this.#changed(chatId, this.connection.call('MarkChatUnread', { chatId, unread }));
  }

  /** An empty or blank text is none. */
  setDraft(chatId: number, text: string): Promise<void> {
    return this.#changed(chatId, this.connection.call('SetDraft', { chatId, text: text.trim() === '' ? null : text }));
  }

  /** All pinned chats from now on, the topmost first. */
  async pin(chatIds: readonly number[]): Promise<void> {
    const { changed } = await this.connection.call('PinChats', { chatIds });
    for (const change of changed) this.onChatSettings(change);
  }

  async #changed(chatId: number, call: Promise<ChatSettingsView>): Promise<void> {
    this.onChatSettings({ chatId, settings: await call });
  }
}
