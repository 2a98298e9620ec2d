import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CheckEveryMs } from '../src/client/positionCheck';
import { Bob, Cat, Harness, Me, pass } from './support/harness';

let h: Harness;

beforeEach(() => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
  h.server.say(1, Bob, 'zero');
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

const checks = (): any[] => h.server.callsOf('ListChats').filter((request) => request.limit === 20);

describe('pushes that are lost without a trace', () => {
  test('a last message is found within the minute', async () => {
    await h.open();
    h.network.losesPush = () => true;
    h.server.say(1, Bob, 'lost');
    await pass(CheckEveryMs + 2_000);
    expect(h.messages().map((m) => m.text)).toEqual(['zero', 'lost']);
  });

  test('so are receipts', async () => {
    await h.open();
    h.client.send(1, 'mine');
    await pass(100);
    h.network.losesPush = () => true;
    h.server.mark(1, Bob, { readUpTo: 2 });
    await pass(100);
    expect(h.summary.lastMessageStatus).toBe('sent');
    await pass(CheckEveryMs);
    expect(h.summary.lastMessageStatus).toBe('read');
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
  });

  test('and chats that are new, or gone', async () => {
    h.server.addChat(2, [Cat, Me, Bob]);
    await h.start();
    h.network.losesPush = () => true;
    h.server.addChat(3, [Cat, Me, Bob]);
    h.server.removeMember(2, Me);
    await pass(CheckEveryMs + 1_000);
    expect(h.client.store.all().map((chat) => chat.chatId)).toEqual([1, 3]);
  });
});

describe('the check', () => {
  test('asks for one small page while nothing is missing', async () => {
    for (let chatId = 2; chatId <= 60; chatId++) h.server.addChat(chatId, [Cat, Me, Bob]);
    await h.open();
    await pass(CheckEveryMs * 3 + 1_000);
    expect(checks()).toEqual(Array(3).fill({ cursor: null, limit: 20 }));
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
    expect(h.server.callsOf('GetChat')).toHaveLength(0);
  });

  test('goes on while a head is ahead of what is held', async () => {
    for (let chatId = 2; chatId <= 60; chatId++) h.server.addChat(chatId, [Cat, Me, Bob]);
    await h.open();
    h.network.losesPush = () => true;
    // The fake lists by id: these stand on the first and on the second page.
    h.server.say(45, Bob, 'lost');
    h.server.say(30, Bob, 'lost, too');
    await pass(CheckEveryMs + 1_000);
    expect(checks()).toHaveLength(3);
    expect(h.client.store.get(45)!.window.upTo).toBe(1);
    expect(h.client.store.get(30)!.window.upTo).toBe(1);
  });

  test('leaves what is on its way its usual time', async () => {
    await h.open();
    h.network.pushMs = () => 400;
    await pass(CheckEveryMs - 200);
    h.server.say(1, Bob, 'slow');
    await pass(1_500);
    expect(h.messages().map((m) => m.text)).toEqual(['zero', 'slow']);
    expect(checks()).toHaveLength(1);
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
  });

  test('is not made while nobody looks, but at once when somebody does', async () => {
    await h.open();
    h.visible = false;
    h.network.losesPush = () => true;
    h.server.say(1, Bob, 'lost');
    await pass(CheckEveryMs * 5);
    expect(checks()).toHaveLength(0);
    await pass(15_000);
    h.show();
    await pass(1_000);
    expect(h.messages()).toHaveLength(2);
    h.show();
    h.show();
    await pass(100);
    expect(checks()).toHaveLength(1);
  });

  test('comes at different times to different clients', async () => {
    h.client.close();
    const times: number[] = [];
    for (const random of [0, 0.5, 0.999]) {
      h = new Harness(undefined, () => random);
      h.server.addChat(1, [Me, Bob]);
      await h.start();
      const start = Date.now();
      while (checks().length === 0) await pass(1_000);
      times.push(Math.round((Date.now() - start) / 1_000));
      h.client.close();
    }
    expect(times).toEqual([45, 60, 75]);
  });

  test('is not made while offline, and a refusal waits for the next one', async () => {
    await h.open();
    h.server.refuse = (method) => {
      if (method === 'ListChats') throw new Error('HubException: unavailable: later (retry after 5 ms)');
    };
    await pass(CheckEveryMs + 30_000);
    expect(checks()).toHaveLength(1);
    h.network.up = false;
    h.transport!.drop();
    await pass(CheckEveryMs * 3);
    expect(checks()).toHaveLength(1);
  });

  test('does not bring back a chat that was left meanwhile', async () => {
    h.server.addChat(2, [Cat, Me, Bob]);
    await h.start();
    h.network.answerMs = () => 200;
    await pass(CheckEveryMs);
    expect(checks()).toHaveLength(1);
    h.server.removeMember(2, Me);
    await pass(1_000);
    expect(h.client.store.get(2)).toBeUndefined();
  });
});

test('however often the server asks to catch up, one listing runs at a time, and not one after the other without a pause', async () => {
  for (let chatId = 2; chatId <= 150; chatId++) h.server.addChat(chatId, [Cat, Me, Bob]);
  await h.start();
  const before = h.server.callsOf('ListChats').length;
  h.network.answerMs = () => 100;
  for (let i = 0; i < 100; i++) {
    h.server.push([Me], { name: 'ResyncRequired', payload: { chatId: null, reason: 'test' } });
    await pass(50);
  }
  // Two pages take 210 ms; with the pause there is room for five rounds in five seconds.
  expect(h.server.callsOf('ListChats').length - before).toBeLessThanOrEqual(10);
  await pass(3_000);
  expect(h.server.callsOf('ListChats').length - before).toBeLessThanOrEqual(12);
});
