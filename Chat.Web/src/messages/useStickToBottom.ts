import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** So near counts as at the bottom, in pixels. */
const Near = 48;

interface Anchor {
  readonly element: HTMLElement;
  readonly top: number;
}

/**
 * Keeps a conversation where the reader is: at the bottom while new messages come, at the same message while
 * older ones are put in above it.
 */
export function useStickToBottom(scroller: RefObject<HTMLElement | null>, content: unknown) {
  const [atBottom, setAtBottom] = useState(true);
  const sticky = useRef(true);
  const anchor = useRef<Anchor | null>(null);

  const toBottom = useCallback(() => {
    sticky.current = true;
    setAtBottom(true);
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);

  useLayoutEffect(() => {
    const element = scroller.current!;
    if (sticky.current) {
      element.scrollTop = element.scrollHeight;
    } else if (anchor.current?.element.isConnected) {
      element.scrollTop += anchor.current.element.offsetTop - anchor.current.top;
    }
    anchor.current = firstMessage(element);
  }, [scroller, content]);

  // The composer grows, the keyboard of a phone comes up, the window changes its size.
  useEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      if (sticky.current) element.scrollTop = element.scrollHeight;
      anchor.current = firstMessage(element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  const onScroll = useCallback(() => {
    const element = scroller.current!;
    sticky.current = element.scrollHeight - element.scrollTop - element.clientHeight < Near;
    setAtBottom(sticky.current);
  }, [scroller]);

  return { atBottom, toBottom, onScroll };
}

/** The topmost message: it is what older ones push down. */
function firstMessage(scroller: HTMLElement): Anchor | null {
  const element = scroller.querySelector<HTMLElement>('[data-message-id]');
  return element && { element, top: element.offsetTop };
}
