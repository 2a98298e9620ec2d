import { vi } from 'vitest';
import { ChatClient } from '../../src/client/chatClient';
import type { MessageView } from '../../src/client/contract';
import { MemoryOutboxStorage, type OutboxStorage } from '../../src/client/outboxStorage';
import { FakeServer, user } from './fakeServer';
import { FakeNetwork, FakeTransport } from './fakeTransport';

export const Me = 1;
export const Bob = 2;
export const Cat = 3;

/** One client of user 1 against the fake server, under fake timers. */
export class Harness {
  readonly server = new FakeServer();
  readonly network = new FakeNetwork();
  readonly storage: OutboxStorage;
  client: ChatClient;
  transport: FakeTransport | null = null;
  /** Whether the page is in view; `show` brings it back. */
  visible = true;
  #shown = (): void => {};

  constructor(storage: OutboxStorage = new MemoryOutboxStorage(), readonly random: () => number = () => 0.5) {
    this.storage = storage;
    this.client = this.newClient();
  }

  /** Another tab, or the same one after a reload. */
  newClient(): ChatClient {
    return new ChatClient({
      userId: Me,
      tokens: { accessToken: async () => 'token', refresh: async () => 'token', check: async () => {} },
      transport: () => (this.transport = new FakeTransport(Me, this.server, this.network)),
      outboxStorage: this.storage,
      fetchUsers: async (ids) => ids.map(user),
      random: this.random,
      visibility: {
        isVisible: () => this.visible,
        onVisible: (listener) => {
          this.#shown = listener;
          return () => {};
        },
      },
    });
  }

  show(): void {
    this.visible = true;
    this.#shown();
  }

  async start(): Promise<void> {
    this.client.start();
    await pass(50);
  }

  /** Starts with chat 1 on the screen. */
  async open(chatId = 1): Promise<void> {
    await this.start();
    this.client.setVisible(chatId);
    await pass(50);
  }

  ids(chatId = 1): number[] {
    return this.messages(chatId).map((message) => message.messageId);
  }

  messages(chatId = 1): readonly MessageView[] {
    return this.client.store.getConversation(chatId)?.messages ?? [];
  }

  pending(chatId = 1): string[] {
    return (this.client.store.getConversation(chatId)?.pending ?? []).map((entry) => entry.text);
  }

  get summary() {
    return this.client.store.getSummary(1)!;
  }
}

export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
