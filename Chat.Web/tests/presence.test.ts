import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatherMs, KeepMs } from '../src/client/presence';
import type { HubEvent } from '../src/client/transport';
import { Bob, Cat, Harness, Me, pass } from './support/harness';

let h: Harness;
const watches = (): number[][] => h.server.callsOf('WatchPresence').map((request) => request.userIds);
const online = (userId: number): boolean | undefined => h.client.presence.get(userId)?.online;

beforeEach(() => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

describe('whom the server is asked about', () => {
  test('what is asked for within a moment becomes one call', async () => {
    await h.start();
    h.client.presence.watch(Bob);
    await pass(GatherMs - 100);
    h.client.presence.watch(Cat);
    h.client.presence.watch(Cat);
    await pass(GatherMs);
    expect(watches()).toEqual([[Bob, Cat]]);
  });

  test('nobody asks when nobody wants to know, nor when nothing changed', async () => {
    await h.start();
    await pass(5_000);
    expect(watches()).toEqual([]);
    h.client.presence.watch(Bob);
    await pass(1_000);
    const again = h.client.presence.watch(Bob);
    again();
    again();
    h.client.presence.watch(Cat)();
    await pass(5_000);
    expect(watches()).toEqual([[Bob]]);
  });

  test('who is no longer wanted is forgotten', async () => {
    await h.start();
    h.server.setOnline(Bob, true);
    const release = h.client.presence.watch(Bob);
    await pass(1_000);
    expect(online(Bob)).toBe(true);
    release();
    await pass(1_000);
    expect(watches()).toEqual([[Bob], []]);
    expect(h.client.presence.get(Bob)).toBeNull();
    h.transport!.push({ name: 'PresenceChanged', payload: { userId: Bob, online: true, lastSeen: null, revision: 1 } });
    await pass(100);
    expect(h.client.presence.get(Bob)).toBeNull();
  });

  test('at most 100, those asked for last', async () => {
    await h.start();
    for (let id = 1001; id <= 1120; id++) h.client.presence.watch(id);
    await pass(1_000);
    expect(watches()).toEqual([Array.from({ length: 100 }, (_, i) => 1021 + i)]);
  });

  test('one call at a time: changes meanwhile wait for the answer', async () => {
    await h.start();
    h.network.answerMs = () => 2_000;
    h.client.presence.watch(Bob);
    await pass(1_000);
    h.client.presence.watch(Cat);
    await pass(1_000);
    expect(watches()).toEqual([[Bob]]);
    await pass(2_000);
    expect(watches()).toEqual([[Bob], [Bob, Cat]]);
  });

  test.each<[string, () => void]>([
    ['a broken connection', () => h.transport!.drop()],
    ['ReconnectRequired', () => h.server.push([Me], { name: 'ReconnectRequired', payload: { afterMs: 10, reason: '' } })],
    ['ResyncRequired', () => h.server.push([Me], { name: 'ResyncRequired', payload: { chatId: null, reason: '' } })],
    ['ResyncRequired for one chat', () => h.server.push([Me], { name: 'ResyncRequired', payload: { chatId: 1, reason: '' } })],
  ])('asked again after %s', async (_, happens) => {
    await h.start();
    h.client.presence.watch(Bob);
    await pass(1_000);
    expect(online(Bob)).toBe(false);
    h.network.losesPush = (event) => event.name === 'PresenceChanged';
    h.server.setOnline(Bob, true);
    happens();
    await pass(2_000);
    expect(watches()).toEqual([[Bob], [Bob]]);
    expect(online(Bob)).toBe(true);
  });

  test('asked again, with waits, after an error that passes; not after one that does not', async () => {
    await h.start();
    let refused = 0;
    h.server.refuse = (method) => {
      if (method === 'WatchPresence' && refused++ < 2) throw new Error('HubException: unavailable: not now');
    };
    h.client.presence.watch(Bob);
    await pass(5_000);
    expect(online(Bob)).toBe(false);
    expect(watches().length).toBe(3);
    h.server.refuse = () => {
      throw new Error('HubException: invalid: userIds: no');
    };
    h.client.presence.watch(Cat);
    await pass(60_000);
    expect(watches().length).toBe(4);
  });
});

describe('what is known', () => {
  test('unknown, then offline, online, last seen', async () => {
    await h.start();
    h.server.setOnline(Bob, true);
    expect(h.client.presence.get(Bob)).toBeNull();
    h.client.presence.watch(Bob);
    await pass(1_000);
    expect(h.client.presence.get(Bob)).toMatchObject({ userId: Bob, online: true, lastSeen: null });
    h.server.setOnline(Bob, false);
    const lastSeen = new Date().toISOString();
    await pass(100);
    const before = h.client.presence.get(Bob);
    expect(before).toMatchObject({ userId: Bob, online: false, lastSeen });
    h.server.setOnline(Bob, false);
    await pass(100);
    expect(h.client.presence.get(Bob), 'the same until it changes').toBe(before);
  });

  test('an older state that arrives last changes nothing', async () => {
    await h.start();
    h.server.setOnline(Bob, true);
    h.client.presence.watch(Bob);
    await pass(1_000);
    const { revision } = h.client.presence.get(Bob)!;
    h.transport!.push({ name: 'PresenceChanged', payload: { userId: Bob, online: false, lastSeen: null, revision: revision - 1 } });
    await pass(100);
    expect(online(Bob)).toBe(true);
    h.transport!.push({ name: 'PresenceChanged', payload: { userId: Bob, online: false, lastSeen: null, revision: revision + 1 } });
    await pass(100);
    expect(online(Bob)).toBe(false);
  });

  test('whoever may not be known stays unknown', async () => {
    await h.start();
    h.server.unseeable.add(Cat);
    h.client.presence.watch(Bob);
    h.client.presence.watch(Cat);
    await pass(1_000);
    expect([online(Bob), online(Cat)]).toEqual([false, undefined]);
  });

  test('what was pushed while the answer was on its way is newer than the answer', async () => {
    await h.start();
    h.network.answerMs = () => 500;
    h.client.presence.watch(Bob);
    await pass(GatherMs + 50);
    h.server.setOnline(Bob, true);
    await pass(100);
    expect(online(Bob)).toBe(true);
    await pass(1_000);
    expect(online(Bob)).toBe(true);
  });

  test('kept over a short break, forgotten in a long one', async () => {
    await h.start();
    h.server.setOnline(Bob, true);
    h.client.presence.watch(Bob);
    await pass(1_000);
    h.network.up = false;
    h.transport!.drop();
    await pass(KeepMs - 100);
    expect(online(Bob)).toBe(true);
    await pass(200);
    expect(h.client.presence.get(Bob)).toBeNull();
    h.network.up = true;
    await pass(60_000);
    expect(online(Bob)).toBe(true);
  });
});

describe('what this client does not know', () => {
  test('an event of the future does nothing', async () => {
    await h.open();
    for (const payload of [{ chatId: 1, whatever: [] }, {}, null, undefined, 'text']) {
      h.transport!.onEvent({ name: 'SomethingNew', payload } as unknown as HubEvent);
    }
    h.server.say(1, Bob, 'still there');
    await pass(1_000);
    expect(h.ids()).toEqual([1]);
  });

  test('a message of the future takes its place', async () => {
    await h.open();
    const chat = h.server.chats.get(1)!;
    const odd = { chatId: 1, messageId: 1, senderId: Bob, clientMessageId: null, type: 'hologram', text: null, system: null, sentAt: new Date().toISOString() };
    chat.messages.push(odd);
    h.server.push([Me], { name: 'MessagePosted', payload: odd });
    h.server.saySystem(1, Bob, { kind: 'something_new', userIds: [], title: null });
    h.server.say(1, Bob, 'and on');
    await pass(1_000);
    expect(h.ids()).toEqual([1, 2, 3]);
    expect(h.client.store.getSummary(1)!.lastMessage!.text).toBe('and on');
  });
});
