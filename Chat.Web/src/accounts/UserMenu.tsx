import { useEffect, useRef, useState } from 'react';
import { useServices } from '../app/context';
import { goToList } from '../app/hashRoute';
import { useTheme, type Theme } from '../app/theme';
import { Avatar } from '../shared/Avatar';
import { ProfileDialog } from './ProfileDialog';
import { SessionsDialog } from './SessionsDialog';

const themes: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function UserMenu() {
  const { session, me } = useServices();
  const [open, setOpen] = useState(false);
  const [dialog, setDialog] = useState<'profile' | 'sessions' | null>(null);
  const [theme, setTheme] = useTheme();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey);
    };
  }, [open]);

  const show = (next: 'profile' | 'sessions'): void => {
    setOpen(false);
    setDialog(next);
  };

  const logOut = (): void => {
    // Whoever logs in next starts with their own chats.
    goToList();
    void session.logout();
  };

  return (
    <div className="menu" ref={root}>
      <button
        ref={button}
        type="button"
        className="menu-button"
        data-testid="user-menu"
        aria-haspopup="true"
        aria-expanded={open}
        aria-label={`${me.name}: account and settings`}
        onClick={() => setOpen(!open)}
      >
        <Avatar name={me.name} id={me.userId} pictureUrl={me.profilePictureUrl} size="small" />
        <span className="menu-name">{me.name}</span>
      </button>
      {open && (
        <div className="menu-panel">
          <button type="button" className="menu-item" data-testid="open-profile" onClick={() => show('profile')}>
            Profile
          </button>
          <button type="button" className="menu-item" data-testid="open-sessions" onClick={() => show('sessions')}>
            Devices
          </button>
          <fieldset className="segments" aria-label="Appearance">
            {themes.map(({ value, label }) => (
              <label key={value} className="segment">
                <input type="radio" name="theme" value={value} checked={theme === value} onChange={() => setTheme(value)} data-testid={`theme-${value}`} />
                <span>{label}</span>
              </label>
            ))}
          </fieldset>
          <button type="button" className="menu-item menu-item-danger" data-testid="logout-button" onClick={logOut}>
            Log out
          </button>
        </div>
      )}
      {dialog === 'profile' && <ProfileDialog onClose={() => setDialog(null)} />}
      {dialog === 'sessions' && <SessionsDialog onClose={() => setDialog(null)} />}
    </div>
  );
}
