import { useConnectionState, useServices } from '../app/context';

/** Says when there is no connection. Always in the page, so that its state can be read; visible only when it matters. */
export function ConnectionBanner() {
  const { client } = useServices();
  const state = useConnectionState();
  return (
    <div className="connection" data-testid="connection-state" data-state={state} role="status">
      {state === 'connecting' && <span>Connecting…</span>}
      {state === 'offline' && (
        <>
          <span>You are offline. Messages will be sent when you are back.</span>
          <button type="button" className="link-button" onClick={() => client.connection.retryNow()}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}
