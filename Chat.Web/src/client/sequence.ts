/** Numbers kept aside while earlier ones are missing; beyond this a sync fetches them anyway. */
const MaxAside = 500;

/** How far a numbered stream is accounted for, whatever order its numbers come in. */
export class Sequence {
  readonly #aside = new Set<number>();
  #last: number;

  constructor(private from: number) {
    this.#last = from;
  }

  /** Everything up to here was applied. */
  get upTo(): number {
    return this.from;
  }

  /** True while a number is known to exist that was not applied. */
  get hasHole(): boolean {
    return this.#last > this.from;
  }

  /** A head or an answer says that the stream has come this far. */
  noteLast(number: number): void {
    this.#last = Math.max(this.#last, number);
  }

  /** The numbers from `first` to `last` were applied. */
  applied(last: number, first = last): void {
    this.noteLast(last);
    for (let number = Math.max(first, this.from + 1); number <= last && this.#aside.size < MaxAside; number++) this.#aside.add(number);
    this.#drain();
  }

  /** An answer accounts for everything up to this number. */
  accountsFor(upTo: number): void {
    this.noteLast(upTo);
    if (upTo > this.from) this.from = upTo;
    this.#drain();
  }

  #drain(): void {
    while (this.#aside.delete(this.from + 1)) this.from++;
    for (const number of this.#aside) if (number <= this.from) this.#aside.delete(number);
  }
}
