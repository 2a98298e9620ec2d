import { useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const Key = 'chat.theme';

export function storedTheme(): Theme {
  const stored = localStorage.getItem(Key);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** The style sheet follows the system unless the root element says otherwise. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  return [
    theme,
    (next) => {
      if (next === 'system') localStorage.removeItem(Key);
      else localStorage.setItem(Key, next);
      applyTheme(next);
      setTheme(next);
    },
  ];
}
