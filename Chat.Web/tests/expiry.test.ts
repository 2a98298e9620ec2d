import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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

/** Bob's message with a time, as the server pushes it. */
function sayExpiring(text: string, ms: number): void {
  h.network.losesPush = () => true;
  const message = h.server.say(1, Bob, text);
  h.network.losesPush = () => false;
  h.server.push([Me], { name: 'MessagePosted', payload: { ...message, expiresAt: new Date(Date.now() + ms).toISOString() } });
}

test('messages go one after another, also without a connection', async () => {
  await h.open();
  sayExpiring('soon', 60_000);
  sayExpiring('later', 120_000);
  await pass(10);
  h.server.say(1, Bob, 'stays');
  await pass(10);
  h.network.up = false;
  h.transport!.drop();
  expect(h.messages().map((m) => m.text)).toEqual(['soon', 'later', 'stays']);
  await pass(60_000);
  expect(h.messages().map((m) => m.text)).toEqual(['later', 'stays']);
  await pass(60_000);
  expect(h.messages().map((m) => m.text)).toEqual(['stays']);
});

test('a change of the time shows in the conversation', async () => {
  await h.open();
  h.server.saySystem(1, Bob, { kind: 'disappearing_changed', userIds: [], title: null, seconds: 86_400 });
  await pass(10);
  expect(h.client.store.getConversation(1)!.disappearingSeconds).toBe(86_400);
  h.server.saySystem(1, Bob, { kind: 'disappearing_changed', userIds: [], title: null });
  await pass(10);
  expect(h.client.store.getConversation(1)!.disappearingSeconds).toBe(0);
});
