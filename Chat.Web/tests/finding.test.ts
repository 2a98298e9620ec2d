import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChatSearchPage, NotificationRaisedEvent } from '../src/client/contract';
import { Bob, Harness, Me, pass } from './support/harness';

let h: Harness;

beforeEach(async () => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
  for (const text of ['red roses', 'white roses', 'red tulips']) h.server.say(1, Bob, text);
  await h.open();
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

describe('search', () => {
  test('in one chat, page by page', async () => {
    const page = async (before: number | null): Promise<ChatSearchPage> => {
      const asked = h.client.search.inChat(1, 'roses', before, 1);
      await pass(10);
      return asked;
    };
    const first = await page(null);
    expect(first.hits.map((hit) => hit.message.text)).toEqual(['white roses']);
    const second = await page(first.beforeMessageId);
    expect(second.hits.map((hit) => hit.message.text)).toEqual(['red roses']);
    expect(second.beforeMessageId).toBeNull();
  });
});

describe('notifications', () => {
  const raised: NotificationRaisedEvent = { kind: 'messages', chatId: 1, messageId: 3, actorId: Bob, raisedAt: '2030-01-01T00:00:00Z' };

  test('are told to whoever listens, until they stop', async () => {
    const heard: NotificationRaisedEvent[] = [];
    const stop = h.client.notifications.onRaised((notification) => heard.push(notification));
    h.server.push([Me], { name: 'NotificationRaised', payload: raised });
    await pass(10);
    stop();
    h.server.push([Me], { name: 'NotificationRaised', payload: raised });
    await pass(10);
    expect(heard).toEqual([raised]);
  });
});
