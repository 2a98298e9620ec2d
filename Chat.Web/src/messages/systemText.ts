import type { MessageView, SystemMessageView } from '../client';

interface Names {
  name(userId: number): string;
}

/** A system message in words. */
export function systemText(message: Pick<MessageView, 'senderId' | 'system'>, names: Names): string {
  const { system } = message;
  if (system === null) return 'Something happened';
  if (message.senderId === 0) return channelText(system);
  const actor = names.name(message.senderId);
  const others = list(system.userIds.map((id) => objectName(names.name(id))));
  switch (system.kind) {
    case 'group_created':
      return system.title ? `${actor} created the group “${system.title}”` : `${actor} created the group`;
    case 'members_added':
      return `${actor} added ${others}`;
    case 'member_joined':
      return `${actor} joined`;
    case 'member_removed':
      return `${actor} removed ${others}`;
    case 'member_left':
      return `${system.userIds.length > 0 ? list(system.userIds.map((id) => names.name(id))) : actor} left`;
    case 'owner_changed': {
      const owner = names.name(system.userIds[0] ?? message.senderId);
      return owner === 'You' ? 'You are now the owner' : `${owner} is now the owner`;
    }
    case 'admin_added':
      return `${actor} made ${others} an admin`;
    case 'admin_removed':
      return `${actor} took the admin role from ${others}`;
    case 'title_changed':
      return `${actor} named the group “${system.title ?? ''}”`;
    case 'picture_changed':
      return `${actor} changed the picture`;
    case 'message_pinned':
      return `${actor} pinned a message`;
    case 'disappearing_changed':
      return system.seconds ? `${actor} set new messages to disappear after ${days(system.seconds)}` : `${actor} set new messages to stay`;
    default:
      return 'The group was changed';
  }
}

/** In a channel nobody is told who did it. */
function channelText({ kind, title }: SystemMessageView): string {
  switch (kind) {
    case 'channel_created':
      return 'The channel was created';
    case 'title_changed':
      return `The channel is now called “${title ?? ''}”`;
    case 'picture_changed':
      return 'The channel has another picture';
    default:
      return 'The channel was changed';
  }
}

function days(seconds: number): string {
  const count = Math.round(seconds / 86_400);
  return count === 1 ? 'a day' : `${count} days`;
}

/** "You" where somebody acts, "you" where something is done to one. */
function objectName(name: string): string {
  return name === 'You' ? 'you' : name;
}

function list(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'somebody';
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} others`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
