import { useMemo, useSyncExternalStore } from 'react';
import { Welcome } from '../accounts/Welcome';
import { Accounts, type Session } from '../client';
import { ChatApp } from './ChatApp';
import { ToastsProvider } from './toasts';

export function App({ session }: { session: Session }) {
  const user = useSyncExternalStore(session.subscribe, session.getUser);
  const accounts = useMemo(() => new Accounts(session), [session]);
  return (
    <ToastsProvider>
      {user === null ? <Welcome session={session} /> : <ChatApp key={user.userId} session={session} accounts={accounts} me={user} />}
    </ToastsProvider>
  );
}
