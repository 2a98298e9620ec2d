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

test('a message is scheduled with what it holds, its file among it', async () => {
  await h.start();
  const file = {
    mediaId: 9, type: 'image', contentType: 'image/png', byteSize: 1, fileName: null, width: null, height: null, durationMs: null, hasThumbnail: false,
  } as const;
  const sendAt = new Date('2030-01-01T00:00:00Z');
  const calls = [h.client.scheduling.schedule(1, 'later', sendAt, 'a'), h.client.scheduling.schedule(1, '', sendAt, 'b', { file, replyTo: 3 })];
  await pass(10);
  await Promise.all(calls);
  expect(h.server.callsOf('ScheduleMessage')).toEqual([
    { chatId: 1, clientMessageId: 'a', text: 'later', sendAt: '2030-01-01T00:00:00.000Z' },
    { chatId: 1, clientMessageId: 'b', mediaId: 9, replyTo: 3, sendAt: '2030-01-01T00:00:00.000Z' },
  ]);
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
