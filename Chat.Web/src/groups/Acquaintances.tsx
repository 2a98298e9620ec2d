import { useChatList } from '../app/context';
import type { UserView } from '../client';
import { Avatar } from '../shared/Avatar';

interface AcquaintancesProps {
  readonly chosen: readonly UserView[];
  /** People not to offer. */
  readonly without?: readonly number[];
  readonly onToggle: (user: UserView) => void;
}

/** The people one has a direct chat with, to be ticked. */
export function Acquaintances({ chosen, without = [], onToggle }: AcquaintancesProps) {
  const people = useChatList()
    .flatMap((chat) => chat.peer ?? [])
    .filter((user) => !without.includes(user.userId));
  if (people.length === 0) return null;
  return (
    <fieldset className="people" aria-label="People you chat with">
      {people.map((user) => (
        <label key={user.userId} className="row row-pick">
          <Avatar name={user.name} id={user.userId} pictureUrl={user.profilePictureUrl} size="small" />
          <span className="row-text">
            <strong>{user.name}</strong>
            {user.username && <span>@{user.username}</span>}
          </span>
          <input type="checkbox" checked={chosen.some((other) => other.userId === user.userId)} onChange={() => onToggle(user)} />
        </label>
      ))}
    </fieldset>
  );
}
