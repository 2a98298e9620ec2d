/** Full-jitter back-off: a random wait between 0 and a ceiling that doubles from `first` to `max`. */
export class Backoff {
  #attempt = 0;

  constructor(
    private readonly firstMs = 1_000,
    private readonly maxMs = 30_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** The next wait in milliseconds; never shorter than what the server asked for. */
  next(atLeastMs: number | null = null): number {
    const ceiling = Math.min(this.maxMs, this.firstMs * 2 ** Math.min(this.#attempt, 30));
    this.#attempt++;
    return Math.max(atLeastMs ?? 0, Math.round(this.random() * ceiling));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
