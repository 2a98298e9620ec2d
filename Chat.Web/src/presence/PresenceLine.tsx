import type { PresenceView } from '../client';
import { lastSeenText } from './presenceText';
import { useDay, usePresence } from './usePresence';

/** "online", or when somebody was last seen; `otherwise` while that is not known. */
export function PresenceLine({ userId, otherwise }: { userId: number; otherwise: string | null }) {
  const presence = usePresence(userId);
  if (presence === null) return otherwise ? <span>{otherwise}</span> : null;
  return <KnownPresence presence={presence} />;
}

function KnownPresence({ presence: { online, lastSeen } }: { presence: PresenceView }) {
  useDay();
  return (
    <span className={online ? 'presence-online' : undefined} data-testid="presence" data-online={online}>
      {online ? 'online' : lastSeenText(lastSeen)}
    </span>
  );
}
