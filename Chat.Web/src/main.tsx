import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { createSession } from './app/environment';
import { ErrorBoundary } from './app/ErrorBoundary';
import { applyTheme, storedTheme } from './app/theme';
import './styles/index.css';

applyTheme(storedTheme());
const session = createSession();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ErrorBoundary>
      <App session={session} />
    </ErrorBoundary>
  </StrictMode>,
);
