import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BlurMs, ExpireMs, RepeatMs } from '../src/client/typing';
import { Bob, Cat, Harness, Me, pass } from './support/harness';

let h: Harness;
const told = (): boolean[] => h.server.callsOf('SetTyping').map((request) => request.typing);

beforeEach(async () => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
  h.server.addChat(2, [Me, Bob, Cat]);
  for (const chatId of [1, 2]) h.server.say(chatId, Bob, 'hello');
  await h.open();
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

describe('telling that one types', () => {
  test('at once, and every three seconds while it goes on', async () => {
    for (let ms = 0; ms < 3 * RepeatMs; ms += 200) {
      h.client.composing.changed(1, false);
      await pass(200);
    }
    expect(told()).toEqual([true, true, true]);
  });

  test('nobody touches the text: nothing more is told', async () => {
    h.client.composing.changed(1, false);
    await pass(60_000);
    expect(told()).toEqual([true]);
  });

  test('emptied', async () => {
    h.client.composing.changed(1, false);
    h.client.composing.changed(1, true);
    h.client.composing.changed(1, true);
    await pass(100);
    expect(told()).toEqual([true, false]);
    h.client.composing.changed(1, false);
    await pass(100);
    expect(told(), 'at most once per three seconds').toEqual([true, false]);
  });

  test('emptied when the others have forgotten it anyway', async () => {
    h.client.composing.changed(1, false);
    await pass(ExpireMs);
    h.client.composing.changed(1, true);
    await pass(100);
    expect(told()).toEqual([true]);
  });

  test('the focus is elsewhere for five seconds', async () => {
    h.client.composing.changed(1, false);
    h.client.composing.blurred(1);
    await pass(BlurMs - 100);
    expect(told()).toEqual([true]);
    await pass(200);
    expect(told()).toEqual([true, false]);
  });

  test('the focus comes back in time', async () => {
    h.client.composing.changed(1, false);
    h.client.composing.blurred(1);
    await pass(BlurMs - 1_000);
    h.client.composing.focused(1);
    await pass(60_000);
    expect(told()).toEqual([true]);
  });

  test('a message ends it without a word', async () => {
    h.client.composing.changed(1, false);
    h.client.send(1, 'done');
    h.client.composing.changed(1, true);
    h.client.composing.blurred(1);
    await pass(60_000);
    expect(told()).toEqual([true]);
  });

  test('each chat for itself', async () => {
    h.client.composing.changed(1, false);
    h.client.composing.changed(2, false);
    await pass(100);
    expect(h.server.callsOf('SetTyping')).toEqual([{ chatId: 1, typing: true }, { chatId: 2, typing: true }]);
  });

  test('never while offline, and nothing of it afterwards', async () => {
    h.client.composing.changed(1, false);
    await pass(100);
    h.network.up = false;
    h.transport!.drop();
    h.client.composing.changed(1, false);
    h.client.composing.blurred(1);
    await pass(20_000);
    h.network.up = true;
    await pass(60_000);
    expect(told()).toEqual([true]);
    h.client.composing.changed(1, false);
    await pass(100);
    expect(told()).toEqual([true, true]);
  });

  test('errors are ignored', async () => {
    h.server.refuse = (method) => {
      if (method === 'SetTyping') throw new Error('HubException: not_found: no such chat');
    };
    h.client.composing.changed(1, false);
    await pass(100);
    h.client.composing.changed(1, true);
    await pass(60_000);
    expect(told()).toEqual([true, false]);
  });

  test('where nobody is told, the server is left alone', async () => {
    h.server.typingIsHeard = false;
    for (let ms = 0; ms < 50_000; ms += 500) {
      h.client.composing.changed(2, false);
      await pass(500);
    }
    h.client.composing.changed(2, true);
    await pass(100);
    expect(told()).toEqual([true]);
  });
});

describe('hearing who types', () => {
  const says = async (chatId: number, userId: number, typing = true): Promise<void> => {
    h.server.push([Me], { name: 'TypingChanged', payload: { chatId, userId, typing, kind: 'text' } });
    await pass(10);
  };

  test('in the order in which they began, until they stop', async () => {
    await says(2, Cat);
    await says(2, Bob);
    await says(2, Cat);
    expect(h.client.typing.get(2)).toEqual([Cat, Bob]);
    expect(h.client.typing.get(2)).toBe(h.client.typing.get(2));
    expect(h.client.typing.get(1)).toEqual([]);
    await says(2, Cat, false);
    expect(h.client.typing.get(2)).toEqual([Bob]);
  });

  test('for six seconds from the last time', async () => {
    await says(1, Bob);
    await pass(ExpireMs - 1_000);
    await says(1, Bob);
    await pass(ExpireMs - 1_000);
    expect(h.client.typing.get(1)).toEqual([Bob]);
    await pass(1_000);
    expect(h.client.typing.get(1)).toEqual([]);
  });

  test('until a message of theirs comes, not of somebody else', async () => {
    await says(2, Bob);
    await says(2, Cat);
    h.server.say(2, Bob, 'that is it');
    await pass(10);
    expect(h.client.typing.get(2)).toEqual([Cat]);
  });

  test('not oneself on another device, not in chats that are not known or gone', async () => {
    await says(1, Me);
    await says(77, Bob);
    expect([h.client.typing.get(1), h.client.typing.get(77)]).toEqual([[], []]);
    await says(2, Bob);
    h.server.removeMember(2, Me);
    await pass(10);
    expect(h.client.typing.get(2)).toEqual([]);
  });
});
