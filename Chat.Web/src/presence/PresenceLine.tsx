import type { PresenceView } from '../client';
import { lastSeenText } from './presenceText';
import { useDay, usePresence } from './usePresence';

interface PresenceLineProps {
  readonly userId: number;
  /** Shown while nothing is known. */
  readonly otherwise?: string | null;
  readonly testId: string;
}

/** "online", or when somebody was last seen. */
export function PresenceLine({ userId, otherwise = null, testId }: PresenceLineProps) {
  const presence = usePresence(userId);
  if (presence === null) return otherwise ? <span>{otherwise}</span> : null;
  return <KnownPresence presence={presence} testId={testId} />;
}

function KnownPresence({ presence: { online, lastSeen }, testId }: { presence: PresenceView; testId: string }) {
  useDay();
  return (
    <span className={online ? 'presence-online' : undefined} data-testid={testId} data-online={online}>
      {online ? 'online' : lastSeenText(lastSeen)}
    </span>
  );
}
