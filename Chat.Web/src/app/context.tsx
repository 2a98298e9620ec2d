import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Accounts, ChatClient, ChatSummary, ConnectionState, Conversation, Profile, Session, UserView } from '../client';

interface Services {
  readonly session: Session;
  readonly accounts: Accounts;
  readonly client: ChatClient;
  readonly me: Profile;
  /** What was typed and not sent, by chat; kept as long as the page. */
  readonly drafts: Map<number, string>;
}

const ServicesContext = createContext<Services | null>(null);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('Outside of ServicesProvider.');
  return services;
}

export function useChatList(): readonly ChatSummary[] {
  const { store } = useServices().client;
  return useSyncExternalStore(store.subscribe, store.getList);
}

export function useChatsReady(): boolean {
  const { store } = useServices().client;
  return useSyncExternalStore(store.subscribe, store.isReady);
}

export function useUnreadTotal(): number {
  const { store } = useServices().client;
  return useSyncExternalStore(store.subscribe, store.getUnreadTotal);
}

export function useChat(chatId: number): ChatSummary | null {
  const { store } = useServices().client;
  return useSyncExternalStore(store.subscribe, () => store.getSummary(chatId));
}

export function useConversation(chatId: number): Conversation | null {
  const { store } = useServices().client;
  return useSyncExternalStore(store.subscribe, () => store.getConversation(chatId));
}

export function useConnectionState(): ConnectionState {
  const { connection } = useServices().client;
  return useSyncExternalStore(connection.subscribe, connection.getState);
}

export interface People {
  get(userId: number): UserView | null | undefined;
  /** "You" for oneself; dots while it is being asked for. */
  name(userId: number): string;
}

export function usePeople(): People {
  const { client } = useServices();
  useSyncExternalStore(client.directory.subscribe, client.directory.getVersion);
  return {
    get: (userId) => client.directory.get(userId),
    name: (userId) => {
      if (userId === client.userId) return 'You';
      const user = client.directory.get(userId);
      return user === undefined ? '…' : (user?.name ?? 'Unknown person');
    },
  };
}
