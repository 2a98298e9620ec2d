import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Bob, Cat, Harness, Me, pass } from './support/harness';

/** A small generator with a seed (mulberry32), so that a failure can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('whatever the network does', () => {
  test.each(Array.from({ length: 40 }, (_, i) => i + 1))('nothing is lost, doubled or disordered (seed %i)', async (seed) => {
    const random = seeded(seed);
    const chance = (p: number): boolean => random() < p;
    const h = new Harness(undefined, random);
    const chats = [h.server.addChat(1, [Me, Bob]), h.server.addChat(2, [Me, Bob, Cat])];
    h.server.replayLimit = chance(0.3) ? 10 : 1_000;
    for (const { chatId } of chats) for (let i = 0; i < random() * 80; i++) h.server.say(chatId, Bob, `old ${i}`);

    h.network.losesPush = () => chance(0.2);
    h.network.doublesPush = () => chance(0.2);
    h.network.pushMs = () => 1 + random() * 800;
    h.network.losesAnswer = () => chance(0.05);
    h.network.answerMs = () => 1 + random() * 300;
    h.network.toServerMs = () => 1 + random() * 50;

    let stopWatching: (() => void) | null = null;
    const sent: Record<number, string[]> = { 1: [], 2: [] };
    h.client.start();
    for (let step = 0; step < 150; step++) {
      const chatId = chance(0.5) ? 1 : 2;
      if (chance(0.3)) {
        const text = `mine ${step}`;
        h.client.send(chatId, text);
        sent[chatId]!.push(text);
      }
      if (chance(0.3)) h.server.say(chatId, chatId === 2 && chance(0.5) ? Cat : Bob, `theirs ${step}`);
      if (chance(0.1)) {
        const hidden = h.server.chats.get(chatId)!.messages.length + 1;
        h.server.hidden.add(`${Me}:${chatId}:${hidden}`);
        h.server.say(chatId, Bob, `hidden ${step}`);
      }
      if (chance(0.1)) h.server.mark(chatId, Bob, { readUpTo: h.server.chats.get(chatId)!.messages.length });
      if (chance(0.1)) h.client.setVisible(chance(0.2) ? null : chatId);
      if (chance(0.1)) h.server.setOnline(chance(0.5) ? Bob : Cat, chance(0.5));
      if (chance(0.1)) h.client.composing.changed(chatId, chance(0.2));
      if (chance(0.1)) h.server.push([Me], { name: 'TypingChanged', payload: { chatId, userId: Bob, typing: chance(0.7), kind: 'text' } });
      if (chance(0.05)) {
        stopWatching?.();
        stopWatching = chance(0.3) ? null : h.client.presence.watch(chance(0.5) ? Bob : Cat);
      }
      if (chance(0.05)) h.transport?.drop();
      if (chance(0.05)) h.server.push([Me], { name: 'ReconnectRequired', payload: { afterMs: Math.round(random() * 1_000), reason: 'test' } });
      if (chance(0.03)) h.network.up = !h.network.up;
      if (chance(0.02)) {
        h.client.close();
        stopWatching = null;
        h.client = h.newClient();
        h.client.start();
      }
      await pass(random() * 400);
    }

    // Fair weather, but no help: only what the client itself does from here on.
    Object.assign(h.network, { up: true, losesPush: () => false, losesAnswer: () => false, answerMs: () => 5, pushMs: () => 5 });
    await pass(90_000);
    // The last pushes may have been lost without a trace; the next message shows it, as in life.
    for (const { chatId } of chats) h.server.say(chatId, Bob, 'last');
    await pass(10_000);

    for (const { chatId, messages } of chats) {
      h.client.setVisible(chatId);
      await pass(1_000);
      while (h.client.store.getConversation(chatId)!.hasOlder) await Promise.all([h.client.loadOlder(chatId), pass(100)]);
      const mine = messages.filter((message) => message.senderId === Me).map((message) => message.text);
      expect(mine, 'stored once each, in order').toEqual(sent[chatId]);
      expect(h.messages(chatId), 'held as stored').toEqual(h.server.visible(chatId, Me));
      expect(h.pending(chatId)).toEqual([]);
      await pass(2_000);
      const marks = h.server.chats.get(chatId)!.members.get(Me)!;
      expect(marks.readUpTo, 'read to the end').toBe(messages.length);
      expect(h.client.store.getSummary(chatId)!.unreadCount).toBe(0);
    }
    expect(h.storage.load()).toEqual([]);
    const watch = h.client.presence.watch(Cat);
    h.server.setOnline(Cat, true);
    await pass(1_000);
    expect(h.client.presence.get(Cat)).toMatchObject({ online: true });
    watch();
    expect([1, 2].flatMap((chatId) => h.client.typing.get(chatId)), 'nobody types for ever').toEqual([]);
    h.client.close();
  });
});
