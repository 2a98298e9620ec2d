type Listener = (shown: boolean) => void;

const listeners = new Map<Element, Listener>();
let observer: IntersectionObserver | null = null;

/** Tells when an element comes into sight and leaves it. Returns the function that ends it. */
export function onScreen(element: Element, listener: Listener): () => void {
  // One observer for all: lists may have thousands of lines.
  observer ??= new IntersectionObserver((entries) => {
    for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting);
  });
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}
