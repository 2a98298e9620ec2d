import { useSyncExternalStore } from 'react';

/** The open chat stands in the address (`#/chat/12`), so that a reload and the back button work. */
export function useOpenChatId(): number | null {
  return useSyncExternalStore(subscribe, readChatId);
}

export function chatHref(chatId: number): string {
  return `#/chat/${chatId}`;
}

export function goToChat(chatId: number): void {
  location.hash = chatHref(chatId);
}

export function goToList(): void {
  location.hash = '#/';
}

function readChatId(): number | null {
  const match = /^#\/chat\/(\d{1,15})$/.exec(location.hash);
  return match ? Number(match[1]) : null;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
