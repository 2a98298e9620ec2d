import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChatSettingsView, SettingsView } from '../src/client/contract';
import { statusOf } from '../src/client/watermarks';
import { Bob, Cat, Harness, Me, pass } from './support/harness';

let h: Harness;

const chatSettings = (version: number, change: Partial<ChatSettingsView> = {}): ChatSettingsView => ({
  mutedUntil: null,
  pinPosition: null,
  archived: false,
  markedUnread: false,
  draft: null,
  version,
  ...change,
});

beforeEach(async () => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
  h.server.say(1, Bob, 'hello');
  await h.open();
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

test('the picture of a group shows when it is set', async () => {
  const picture = (): number | null | undefined => h.client.store.getSummary(2)?.pictureMediaId;
  h.server.addChat(2, [Me, Bob, Cat]);
  h.server.say(2, Bob, 'hello');
  await pass(1_000);
  expect(picture()).toBeNull();
  void h.client.groups.setPicture(2, 7);
  await pass(10);
  expect([picture(), h.server.callsOf('SetChatPicture')]).toEqual([7, [{ chatId: 2, mediaId: 7 }]]);
});

test('who is banned is gone from the group', async () => {
  h.server.addChat(2, [Me, Bob, Cat]);
  h.server.say(2, Bob, 'hello');
  await pass(1_000);
  void h.client.groups.ban(2, Cat);
  await pass(10);
  expect(h.client.store.getSummary(2)?.memberCount).toBe(2);
  const banned = h.client.groups.banned(2);
  await pass(10);
  expect((await banned).banned.map(({ user, bannedBy }) => [user.userId, bannedBy])).toEqual([[Cat, Me]]);
  void h.client.groups.unban(2, Cat);
  await pass(10);
  expect(h.server.callsOf('UnbanMember')).toEqual([{ chatId: 2, userId: Cat }]);
});

describe('settings', () => {
  const changed = async (settings: ChatSettingsView): Promise<void> => {
    h.server.push([Me], { name: 'ChatSettingsChanged', payload: { chatId: 1, settings } });
    await pass(10);
  };

  test('of a chat, set on another device', async () => {
    expect(h.summary.settings).toEqual(chatSettings(0));
    await changed(chatSettings(2, { draft: 'a draft' }));
    expect(h.summary.settings.draft).toBe('a draft');
  });

  test('of a chat: what arrives late overwrites nothing, nor does a head', async () => {
    await changed(chatSettings(3, { archived: true }));
    await changed(chatSettings(2, { draft: 'older' }));
    h.show();
    await pass(100);
    expect(h.summary.settings).toEqual(chatSettings(3, { archived: true }));
  });

  test('of a chat that is not known change nothing', async () => {
    h.server.push([Me], { name: 'ChatSettingsChanged', payload: { chatId: 99, settings: chatSettings(1) } });
    await pass(10);
    expect(h.client.store.get(99)).toBeUndefined();
  });

  test('of the user: the newest wins, and whoever looks is told', async () => {
    const rule = { audience: 'everyone', exceptIds: [] };
    const notifications = { messages: true, groups: true, mentions: true, reactions: true, invites: true, calls: true, previews: true };
    const settings = (version: number): SettingsView => ({ lastSeen: rule, picture: rule, status: rule, groups: rule, readReceipts: true, notifications, version });
    const told = vi.fn();
    h.client.subscribeSettings(told);
    for (const version of [2, 1]) h.server.push([Me], { name: 'SettingsChanged', payload: settings(version) });
    await pass(10);
    expect(h.client.getSettings()?.version).toBe(2);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('what somebody is making', () => {
  test('is known with its kind until it ends', async () => {
    const typing = async (kind: string, on = true): Promise<void> => {
      h.server.push([Me], { name: 'TypingChanged', payload: { chatId: 1, userId: Bob, typing: on, kind } });
      await pass(10);
    };
    await typing('voice');
    expect(h.client.typing.kindOf(1, Bob)).toBe('voice');
    await typing('text');
    expect(h.client.typing.kindOf(1, Bob)).toBe('text');
    await typing('text', false);
    expect(h.client.typing.kindOf(1, Bob)).toBeNull();
  });

  test('is told every few seconds while it goes on', async () => {
    for (let i = 0; i < 4; i++) {
      h.client.composing.making(1, 'voice');
      await pass(1_000);
    }
    expect(h.server.callsOf('SetTyping')).toEqual([
      { chatId: 1, typing: true, kind: 'voice' },
      { chatId: 1, typing: true, kind: 'voice' },
    ]);
    h.client.composing.ended(1);
    await pass(10);
    expect(h.server.callsOf('SetTyping').at(-1)).toEqual({ chatId: 1, typing: false });
  });
});

test('a withheld message stays sent, whatever the marks say', () => {
  const marks = { deliveredUpTo: 0, readUpTo: 0, othersDeliveredUpTo: 9, othersReadUpTo: 9 };
  expect(statusOf(5, marks)).toBe('read');
  expect(statusOf(5, marks, true)).toBe('sent');
});
