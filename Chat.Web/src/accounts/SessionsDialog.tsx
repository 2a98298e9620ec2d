import { useCallback, useEffect, useState } from 'react';
import { useServices } from '../app/context';
import { useToasts } from '../app/toasts';
import type { SessionInfo } from '../client';
import { Dialog } from '../shared/Dialog';
import { errorText } from '../shared/errorText';
import { momentText } from '../shared/time';

/** Where one is logged in. */
export function SessionsDialog({ onClose }: { onClose: () => void }) {
  const { accounts } = useServices();
  const toasts = useToasts();
  const [sessions, setSessions] = useState<readonly SessionInfo[] | null>(null);
  const [error, setError] = useState<unknown>(null);

  const load = useCallback(async () => {
    try {
      setSessions(await accounts.sessions());
      setError(null);
    } catch (caught) {
      setError(caught);
    }
  }, [accounts]);

  useEffect(() => void load(), [load]);

  const end = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (caught) {
      toasts.fail(caught);
    }
    await load();
  };

  const others = sessions?.filter((session) => !session.current) ?? [];
  return (
    <Dialog title="Devices" onClose={onClose} testId="sessions-dialog">
      {error !== null && (
        <p className="form-error" role="alert">
          {errorText(error)}{' '}
          <button type="button" className="link-button" onClick={() => void load()}>
            Try again
          </button>
        </p>
      )}
      {sessions === null && error === null && <div className="skeleton-lines" aria-label="Loading" />}
      <ul className="rows">
        {sessions?.map((session) => (
          <li key={session.sessionId} className="row" data-testid="session">
            <div className="row-text">
              <strong>{session.deviceName ?? 'Unnamed device'}</strong>
              <span>{session.current ? 'This device' : `Last used ${momentText(session.lastUsedAt)}`}</span>
            </div>
            {!session.current && (
              <button type="button" className="button button-small" onClick={() => void end(() => accounts.endSession(session.sessionId))}>
                Log out
              </button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <div className="form-actions">
          <button type="button" className="button button-danger" onClick={() => void end(() => accounts.endOtherSessions())}>
            Log out all other devices
          </button>
        </div>
      )}
    </Dialog>
  );
}
