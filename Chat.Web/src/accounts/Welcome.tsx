import { useState } from 'react';
import type { Session } from '../client';
import { Icon } from '../shared/Icon';
import { LogInForm } from './LogInForm';
import { RegisterForm } from './RegisterForm';

/** What somebody sees who is not logged in. */
export function Welcome({ session }: { session: Session }) {
  const [registering, setRegistering] = useState(false);
  return (
    <main className="welcome">
      <section className="welcome-card">
        <div className="brand">
          <span className="brand-mark">
            <Icon name="chats" />
          </span>
          <h1>Chat</h1>
        </div>
        <p className="welcome-lead">{registering ? 'Create an account. It takes a moment.' : 'Log in to go on with your conversations.'}</p>
        {registering ? <RegisterForm session={session} /> : <LogInForm session={session} />}
        <p className="welcome-switch">
          {registering ? 'You have an account?' : 'New here?'}{' '}
          <button type="button" className="link-button" data-testid={registering ? 'show-login' : 'show-register'} onClick={() => setRegistering(!registering)}>
            {registering ? 'Log in' : 'Create an account'}
          </button>
        </p>
      </section>
    </main>
  );
}
