/** How often it is looked whether a push was lost without a trace: on average, give or take a quarter. */
export const CheckEveryMs = 60_000;
/** Switching between tabs does not ask again within this. */
export const CheckGapMs = 10_000;

/** Tells whether anybody can see what this client shows. */
export interface Visibility {
  isVisible(): boolean;
  /** Returns a function that ends it. */
  onVisible(listener: () => void): () => void;
}

/**
 * Says when to compare with the server what is held here: now and then while online and visible, and when the page comes into view.
 * A push that was lost on its way is noticed by the next one of its chat; the last one of a chat only by looking.
 */
export class PositionCheck {
  readonly #check: () => void;
  readonly #visibility: Visibility | null;
  readonly #random: () => number;
  readonly #forget: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #online = false;
  #checkedAt = 0;

  constructor(check: () => void, visibility: Visibility | null = null, random: () => number = Math.random) {
    this.#check = check;
    this.#visibility = visibility;
    this.#random = random;
    this.#forget = visibility?.onVisible(() => this.#shown()) ?? (() => {});
  }

  /** A new connection catches up by itself, so it counts as a check. */
  online(): void {
    this.#online = true;
    this.#checkedAt = Date.now();
    this.#schedule();
  }

  offline(): void {
    this.#online = false;
    this.#stop();
  }

  close(): void {
    this.offline();
    this.#forget();
  }

  #shown(): void {
    if (this.#online && Date.now() - this.#checkedAt >= CheckGapMs) this.#run();
  }

  #run(): void {
    this.#checkedAt = Date.now();
    this.#schedule();
    // Coming into view checks at once, so nothing is asked for nobody.
    if (this.#visibility?.isVisible() ?? true) this.#check();
  }

  #schedule(): void {
    this.#stop();
    this.#timer = setTimeout(() => this.#run(), CheckEveryMs * (0.75 + this.#random() / 2));
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
