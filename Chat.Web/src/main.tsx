import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { createSession } from './app/environment';
import { applyTheme, storedTheme } from './app/theme';
import './styles/index.css';

applyTheme(storedTheme());

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App session={createSession()} />
  </StrictMode>,
);
