/** Listeners that hear "something changed"; changes within one turn of the event loop are told once. */
export class Observable {
  readonly #listeners = new Set<() => void>();
  #told = true;

  /** Returns the function that unsubscribes. Bound, so that it can be handed to `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  changed(): void {
    if (!this.#told) return;
    this.#told = false;
    queueMicrotask(() => {
      this.#told = true;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
