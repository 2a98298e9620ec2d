import type { UserView } from '../client';
import { PresenceLine } from '../presence/PresenceLine';
import { Avatar } from '../shared/Avatar';
import { Dialog } from '../shared/Dialog';

/** What one may know of somebody. */
export function PersonDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  return (
    <Dialog title="Contact" onClose={onClose} testId="person-dialog">
      <div className="identity identity-tall">
        <Avatar name={user.name} id={user.userId} pictureUrl={user.profilePictureUrl} size="large" />
        <div>
          <strong>{user.name}</strong>
          <PresenceLine userId={user.userId} testId="person-presence" />
          {user.username && <span>@{user.username}</span>}
        </div>
        {user.status && <p>{user.status}</p>}
      </div>
    </Dialog>
  );
}
