import type { Connection } from './connection';
import type { BannedPage, MembershipResult } from './contract';

/** What may be done in a chat; the table of permissions in docs/protocol.md says what each stands for. Others may come. */
export type Permission =
  | 'send_text' | 'send_media' | 'react' | 'add_members' | 'change_info' | 'pin'
  | 'delete_messages' | 'restrict_members' | 'manage_invites' | 'manage_roles';

/** Rules a group. What changes arrives by itself, as events, for the caller too: nothing here touches the store. */
export class Groups {
  constructor(private readonly connection: Connection) {}

  /** What is left out stays as it is; an empty description takes it away. */
  updateInfo(chatId: number, info: { readonly title?: string; readonly description?: string }): Promise<MembershipResult> {
    return this.connection.call('UpdateChatInfo', { chatId, ...info });
  }

  /** An image that was uploaded, or that one sees; null takes the picture away. */
  setPicture(chatId: number, mediaId: number | null): Promise<MembershipResult> {
    return this.connection.call('SetChatPicture', { chatId, mediaId });
  }

  /** Seconds between two messages of a member; null for none. */
  setSlowMode(chatId: number, seconds: number | null): Promise<MembershipResult> {
    return this.connection.call('SetSlowMode', { chatId, seconds });
  }

  promote(chatId: number, userId: number): Promise<MembershipResult> {
    return this.connection.call('PromoteMember', { chatId, userId });
  }

  demote(chatId: number, userId: number): Promise<MembershipResult> {
    return this.connection.call('DemoteMember', { chatId, userId });
  }

  transferOwnership(chatId: number, userId: number): Promise<MembershipResult> {
    return this.connection.call('TransferOwnership', { chatId, userId });
  }

  /** All that the member may do; null for what the role gives. */
  setMemberPermissions(chatId: number, userId: number, permissions: readonly Permission[] | null): Promise<MembershipResult> {
    return this.connection.call('SetMemberPermissions', { chatId, userId, permissions });
  }

  /** All that members may do for whom nothing else is set. */
  setDefaultPermissions(chatId: number, permissions: readonly Permission[]): Promise<MembershipResult> {
    return this.connection.call('SetDefaultPermissions', { chatId, permissions });
  }

  /** Removes somebody, who comes in by no way until the ban ends; also somebody who is not there. */
  ban(chatId: number, userId: number): Promise<MembershipResult> {
    return this.connection.call('BanMember', { chatId, userId });
  }

  /** Ends a ban. It brings nobody back. */
  unban(chatId: number, userId: number): Promise<MembershipResult> {
    return this.connection.call('UnbanMember', { chatId, userId });
  }

  /** Ascending by user id; ask again with the last one while `hasMore`. */
  banned(chatId: number, afterUserId = 0): Promise<BannedPage> {
    return this.connection.call('ListBanned', { chatId, afterUserId });
  }

  /** Keeps a member from sending for so many seconds; null lets the member send again. */
  silence(chatId: number, userId: number, seconds: number | null): Promise<MembershipResult> {
    return this.connection.call('SilenceMember', { chatId, userId, seconds });
  }
}
