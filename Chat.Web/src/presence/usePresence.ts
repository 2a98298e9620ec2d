import { useEffect, useState, useSyncExternalStore, type RefObject } from 'react';
import { useServices } from '../app/context';
import type { PresenceView } from '../client';
import { dayKey } from '../shared/time';
import { onScreen } from './onScreen';

/** Null while unknown. Watches somebody only while `shown`; null for nobody. */
export function usePresence(userId: number | null, shown = true): PresenceView | null {
  const { presence } = useServices().client;
  useEffect(() => (userId !== null && shown ? presence.watch(userId) : undefined), [presence, userId, shown]);
  return useSyncExternalStore(presence.subscribe, () => (userId === null ? null : presence.get(userId)));
}

/** Whether an element can be seen; of a long list only a screenful is. */
export function useOnScreen(element: RefObject<Element | null>): boolean {
  const [shown, setShown] = useState(false);
  useEffect(() => (element.current ? onScreen(element.current, setShown) : undefined), [element]);
  return shown;
}

const DayCheckMs = 20_000;

/** Renders again when the day changes, so that "today" becomes "yesterday" in time. */
export function useDay(): void {
  const [, setDay] = useState(() => dayKey(Date.now()));
  useEffect(() => {
    // A timer set to midnight would be late on a device that slept.
    const timer = setInterval(() => setDay(dayKey(Date.now())), DayCheckMs);
    return () => clearInterval(timer);
  }, []);
}
