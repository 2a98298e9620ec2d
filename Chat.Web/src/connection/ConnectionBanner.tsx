import { useEffect, useState } from 'react';
import { useConnectionState, useServices } from '../app/context';

/** A connection that is back before this many milliseconds is not worth a word. */
const PatienceMs = 700;

/** Says when there is no connection. Always in the page, so that its state can be read; it shows something only when it matters. */
export function ConnectionBanner() {
  const { client } = useServices();
  const state = useConnectionState();
  const troubled = useLasting(state !== 'online', PatienceMs);
  return (
    <div className="connection" data-testid="connection-state" data-state={state} role="status">
      {troubled && (
        <>
          <span>{state === 'connecting' ? 'Connecting…' : 'You are offline.'} Messages will be sent when you are back.</span>
          {state === 'offline' && (
            <button type="button" className="link-button" onClick={() => client.connection.retryNow()}>
              Try now
            </button>
          )}
        </>
      )}
    </div>
  );
}

/** True once `condition` has held for `ms`, until it no longer holds. */
function useLasting(condition: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return;
    const timer = setTimeout(() => setLasting(true), ms);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [condition, ms]);
  return condition && lasting;
}
