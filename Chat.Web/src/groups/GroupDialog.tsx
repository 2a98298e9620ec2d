import { useEffect, useState } from 'react';
import { useChat, useConversation, useServices } from '../app/context';
import { goToList } from '../app/hashRoute';
import { useToasts } from '../app/toasts';
import { FindPerson } from '../chats/FindPerson';
import { chatTitle } from '../chats/chatTitle';
import type { ParticipantView } from '../client';
import { PersonAvatar } from '../presence/PersonAvatar';
import { Avatar } from '../shared/Avatar';
import { Dialog } from '../shared/Dialog';
import { useAction } from '../shared/useAction';

/** Who is in a group; the owner adds and removes people. */
export function GroupDialog({ chatId, onClose }: { chatId: number; onClose: () => void }) {
  const { client, me } = useServices();
  const toasts = useToasts();
  const chat = useChat(chatId);
  const members = useConversation(chatId)?.members ?? null;
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const action = useAction();

  useEffect(() => {
    client.loadMembers(chatId).catch(toasts.fail);
  }, [client, chatId, chat?.memberCount, toasts]);

  if (chat === null) return null;
  const owner = chat.role === 'owner';

  const leave = (): void =>
    action.run(async () => {
      await client.leaveGroup(chatId);
      goToList();
    });

  return (
    <Dialog title="Group info" onClose={onClose} testId="group-dialog">
      <div className="identity">
        <Avatar name={chatTitle(chat)} id={chatId} group size="large" />
        <div>
          <strong>{chatTitle(chat)}</strong>
          <span>{memberCountText(chat.memberCount)}</span>
        </div>
      </div>
      {owner && !adding && (
        <button type="button" className="button button-wide" data-testid="add-members-button" onClick={() => setAdding(true)}>
          Add people
        </button>
      )}
      {owner && adding && (
        <FindPerson
          button="Add"
          onFound={async (user) => {
            await client.addMembers(chatId, [user.userId]);
            toasts.say(`${user.name} is in the group.`);
          }}
        />
      )}
      {members === null && <div className="skeleton-lines" aria-label="Loading members" />}
      <ul className="rows" aria-label="Members">
        {members && sorted(members, me.userId).map((member) => (
          <MemberRow
            key={member.user.userId}
            member={member}
            self={member.user.userId === me.userId}
            busy={action.busy}
            {...(owner && { onRemove: () => action.run(() => client.removeMember(chatId, member.user.userId)) })}
          />
        ))}
      </ul>
      <div className="form-actions">
        {leaving ? (
          <>
            <span className="form-question">Leave this group?</span>
            <button type="button" className="button" onClick={() => setLeaving(false)}>
              Stay
            </button>
            <button type="button" className="button button-danger" data-testid="leave-confirm" disabled={action.busy} onClick={leave}>
              Leave
            </button>
          </>
        ) : (
          <button type="button" className="button button-danger" data-testid="leave-group-button" onClick={() => setLeaving(true)}>
            Leave group
          </button>
        )}
      </div>
    </Dialog>
  );
}

function MemberRow({ member, self, busy, onRemove }: { member: ParticipantView; self: boolean; busy: boolean; onRemove?: () => void }) {
  const { user, role } = member;
  return (
    <li className="row" data-testid="member" data-user-id={user.userId}>
      <PersonAvatar name={user.name} id={user.userId} pictureUrl={user.profilePictureUrl} size="small" userId={self ? null : user.userId} />
      <div className="row-text">
        <strong>{self ? 'You' : user.name}</strong>
        <span>{user.status ?? (user.username ? `@${user.username}` : '')}</span>
      </div>
      {role === 'owner' && <span className="tag">Owner</span>}
      {onRemove && !self && (
        <button type="button" className="button button-small" aria-label={`Remove ${user.name}`} data-testid="remove-member" disabled={busy} onClick={onRemove}>
          Remove
        </button>
      )}
    </li>
  );
}

export function memberCountText(count: number): string {
  return count === 1 ? '1 member' : `${count} members`;
}

/** Oneself first, then the owner, then by name. */
function sorted(members: readonly ParticipantView[], me: number): readonly ParticipantView[] {
  const rank = (member: ParticipantView): number => (member.user.userId === me ? 0 : member.role === 'owner' ? 1 : 2);
  return [...members].sort((a, b) => rank(a) - rank(b) || a.user.name.localeCompare(b.user.name));
}
