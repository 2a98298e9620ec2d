import { Accounts, ChatClient, Http, KeyedOutboxStorage, Session, signalRTransport, type StoredTokens, type TokenStore } from '../client';

// Everything that ties the SDK to this browser: storage, network events, addresses.

const TokensKey = 'chat.session';

class BrowserTokenStore implements TokenStore {
  read(): StoredTokens | null {
    try {
      return JSON.parse(localStorage.getItem(TokensKey) ?? 'null') as StoredTokens | null;
    } catch {
      return null;
    }
  }

  write(tokens: StoredTokens | null): void {
    if (tokens === null) localStorage.removeItem(TokensKey);
    else localStorage.setItem(TokensKey, JSON.stringify(tokens));
  }

  onChange(listener: () => void): () => void {
    return onStorage((event) => {
      if (event.key === TokensKey || event.key === null) listener();
    });
  }
}

export function createSession(): Session {
  return new Session({ http: new Http(), store: new BrowserTokenStore(), deviceName: deviceName() });
}

export function createClient(session: Session, accounts: Accounts, userId: number): ChatClient {
  return new ChatClient({
    userId,
    tokens: session,
    transport: signalRTransport('/hub/chat'),
    outboxStorage: new KeyedOutboxStorage(userId, localStorage, (listener) =>
      onStorage((event) => {
        if (event.key !== null && event.newValue === null) listener(event.key);
      }),
    ),
    fetchUsers: (ids) => accounts.users(ids),
    onNetworkBack: (listener) => {
      // A phone that wakes up has its network back, too, often without an event that says so.
      const shown = (): void => {
        if (document.visibilityState === 'visible') listener();
      };
      window.addEventListener('online', listener);
      document.addEventListener('visibilitychange', shown);
      return () => {
        window.removeEventListener('online', listener);
        document.removeEventListener('visibilitychange', shown);
      };
    },
    visibility: {
      isVisible: () => document.visibilityState === 'visible',
      onVisible: (listener) => {
        const changed = (): void => {
          if (document.visibilityState === 'visible') listener();
        };
        document.addEventListener('visibilitychange', changed);
        return () => document.removeEventListener('visibilitychange', changed);
      },
    },
    onNetworkLost: (listener) => {
      window.addEventListener('offline', listener);
      return () => window.removeEventListener('offline', listener);
    },
  });
}

/** Storage events come from other tabs only. */
function onStorage(listener: (event: StorageEvent) => void): () => void {
  window.addEventListener('storage', listener);
  return () => window.removeEventListener('storage', listener);
}

function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrom(e|ium)\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : 'Browser';
  const system = /Android/.test(agent)
    ? 'Android'
    : /iPhone|iPad/.test(agent)
      ? 'iOS'
      : /Windows/.test(agent)
        ? 'Windows'
        : /Mac OS/.test(agent)
          ? 'macOS'
          : /Linux/.test(agent)
            ? 'Linux'
            : '';
  return system ? `${browser} on ${system}` : browser;
}
