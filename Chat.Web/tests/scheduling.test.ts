import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScheduledChangedEvent, ScheduledMessageView } from '../src/client/contract';
import { Bob, Harness, Me, pass } from './support/harness';

let h: Harness;

beforeEach(() => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

test('what other devices do, and what is sent or fails, is told until one no longer listens', async () => {
  await h.start();
  const heard: ScheduledChangedEvent[] = [];
  const stop = h.client.scheduling.subscribe((change) => heard.push(change));
  const at = new Date().toISOString();
  const scheduled: ScheduledMessageView = { scheduledId: 5, chatId: 1, sendAt: at, createdAt: at, message: { chatId: 1, clientMessageId: 'c', text: 'later' } };
  const changes: ScheduledChangedEvent[] = [
    { state: 'waiting', scheduled },
    { state: 'failed', scheduled: { ...scheduled, failure: 'forbidden' } },
    { state: 'sent', scheduled, messageId: 7 },
  ];
  for (const payload of changes) {
    h.server.push([Me], { name: 'ScheduledChanged', payload });
    await pass(10);
  }
  expect(heard).toEqual(changes);
  stop();
  h.server.push([Me], { name: 'ScheduledChanged', payload: changes[0]! });
  await pass(10);
  expect(heard).toHaveLength(3);
});
