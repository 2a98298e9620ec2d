import { useState } from 'react';
import type { Session } from '../client';
import { Field } from '../shared/Field';
import { tidyLogin } from '../shared/login';
import { useForm } from '../shared/useForm';

export function LogInForm({ session }: { session: Session }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm({ login: 'The login', password: 'The password' }, async () => {
    await session.login(tidyLogin(login), password);
  });
  return (
    <form className="form" onSubmit={form.submit} noValidate>
      <Field
        label="Phone number or username"
        testId="login-input"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={login}
        error={form.errors.login}
        onChange={(event) => setLogin(event.target.value)}
      />
      <Field
        label="Password"
        testId="password-input"
        type="password"
        autoComplete="current-password"
        value={password}
        error={form.errors.password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {form.error && (
        <p className="form-error" role="alert" data-testid="form-error">
          {form.error}
        </p>
      )}
      <button type="submit" className="button button-primary button-wide" data-testid="login-button" disabled={form.busy || !login.trim() || !password}>
        {form.busy ? 'Logging in…' : 'Log in'}
      </button>
    </form>
  );
}
