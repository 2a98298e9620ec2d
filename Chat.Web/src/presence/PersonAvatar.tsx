import { useRef } from 'react';
import { Avatar, type AvatarProps } from '../shared/Avatar';
import { useOnScreen, usePresence } from './usePresence';

/** An avatar with a dot while that person is online. `userId` is null for a group. */
export function PersonAvatar({ userId, ...avatar }: AvatarProps & { readonly userId: number | null }) {
  const frame = useRef<HTMLSpanElement>(null);
  const shown = useOnScreen(frame);
  const online = usePresence(userId, shown)?.online === true;
  return (
    <span ref={frame} className="avatar-frame">
      <Avatar {...avatar} />
      {online && <span className="online-dot" role="img" aria-label="online" data-testid="online-dot" />}
    </span>
  );
}
