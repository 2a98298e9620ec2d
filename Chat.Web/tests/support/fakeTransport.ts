import { disconnected } from '../../src/client/errors';
import type { HubEvent, HubTransport } from '../../src/client/transport';
import type { FakeServer } from './fakeServer';

/** What the network does; a test changes it at will. All times in milliseconds. */
export class FakeNetwork {
  up = true;
  toServerMs = (): number => 5;
  answerMs = (): number => 5;
  pushMs = (_event: HubEvent): number => 5;
  losesPush = (_event: HubEvent): boolean => false;
  doublesPush = (_event: HubEvent): boolean => false;
  losesAnswer = (_method: string): boolean => false;
}

/** One connection of one user. Calls arrive in order, as over a socket; pushes may be lost, doubled and reordered. */
export class FakeTransport implements HubTransport {
  onEvent: (event: HubEvent) => void = () => {};
  onClose: () => void = () => {};
  /** Whose presence the server tells this connection. */
  readonly watched = new Set<number>();
  readonly #pending = new Set<(error: Error) => void>();
  #open = false;
  #lastArrival = 0;

  constructor(
    readonly userId: number,
    private readonly server: FakeServer,
    private readonly network: FakeNetwork,
  ) {}

  async start(): Promise<void> {
    await delay(this.network.toServerMs());
    if (!this.network.up) throw new Error('WebSocket failed to connect.');
    this.#open = true;
    this.server.connections.add(this);
  }

  async stop(): Promise<void> {
    await delay(1);
    this.drop();
  }

  /** The connection breaks: what is under way is lost, and nobody knows how far it came. */
  drop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.server.connections.delete(this);
    for (const fail of [...this.#pending]) fail(disconnected());
    this.#pending.clear();
    this.onClose();
  }

  push(event: HubEvent): void {
    if (this.network.losesPush(event)) return;
    const copies = this.network.doublesPush(event) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      setTimeout(() => this.#open && this.onEvent(event), this.network.pushMs(event));
    }
  }

  invoke(method: string, request: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#open) return reject(disconnected());
      this.#pending.add(reject);
      const answer = (settle: () => void): void => {
        if (this.network.losesAnswer(method)) return;
        setTimeout(() => {
          if (this.#pending.delete(reject)) settle();
        }, this.network.answerMs());
      };
      this.#lastArrival = Math.max(this.#lastArrival, Date.now() + this.network.toServerMs());
      setTimeout(() => {
        if (!this.#open) return;
        try {
          const result = this.server.invoke(this, method, request);
          answer(() => resolve(result));
        } catch (error) {
          answer(() => reject(error));
        }
      }, this.#lastArrival - Date.now());
    });
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
