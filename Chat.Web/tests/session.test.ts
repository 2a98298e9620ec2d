import { describe, expect, test } from 'vitest';
import { Accounts } from '../src/client/accounts';
import { ChatError } from '../src/client/errors';
import { Http } from '../src/client/http';
import { Session } from '../src/client/session';
import { MemoryTokenStore, type Profile, type RunExclusive } from '../src/client/tokens';

/** The account endpoints: a refresh token works once, using it twice ends the session. */
class FakeAccounts {
  refreshes = 0;
  answers: Response | null = null;
  /** The last change of the profile, as it came. */
  sent: object | null = null;
  user: Profile = {
    userId: 1, name: 'Ann', phoneNumber: '+10000000', username: null, status: null, profilePictureUrl: null, pictureMediaId: null, createdAt: '',
  };
  lifeSeconds = 900;
  #serial = 0;
  #ended = false;
  readonly #used = new Set<string>();

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (this.answers) return this.answers;
    const path = String(input);
    const body = init?.body ? JSON.parse(String(init.body)) : {};
    if (path === '/api/auth/login') return json(200, this.#tokens());
    if (path === '/api/auth/refresh') {
      this.refreshes++;
      if (this.#used.has(body.refreshToken)) this.#ended = true;
      this.#used.add(body.refreshToken);
      return this.#ended ? json(401, { code: 'unauthenticated', detail: 'The session has ended.' }) : json(200, this.#tokens());
    }
    const token = new Headers(init?.headers).get('Authorization');
    if (token !== `Bearer access${this.#serial}`) return json(401, { code: 'unauthenticated' });
    if (path === '/api/me' && init?.method === 'PATCH') return json(200, (this.user = { ...this.user, ...(this.sent = body) }));
    return json(200, { userId: 1, users: [] });
  };

  /** The access token is no longer accepted, as after a restart with other keys. */
  forgetAccess(): void {
    this.#serial += 100;
  }

  end(): void {
    this.#ended = true;
  }

  #tokens() {
    this.#serial++;
    return { accessToken: `access${this.#serial}`, expiresInSeconds: this.lifeSeconds, refreshToken: `refresh${this.#serial}`, sessionId: 1, user: this.user };
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

/** Web Locks of one browser. */
function locks(): RunExclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (_name, work) => {
    const run = last.then(work, work);
    last = run;
    return run;
  };
}

function setUp() {
  const accounts = new FakeAccounts();
  const store = new MemoryTokenStore();
  const shared = locks();
  const tab = (): Session => new Session({ http: new Http({ fetch: accounts.fetch }), store, runExclusive: shared });
  return { accounts, store, tab };
}

describe('refresh', () => {
  test('calls at the same time share one', async () => {
    const { accounts, store } = setUp();
    // Without Web Locks, as in an old browser.
    const session = new Session({ http: new Http({ fetch: accounts.fetch }), store, runExclusive: (_name, work) => work() });
    await session.login('ann', 'secret');
    accounts.forgetAccess();
    const me = () => session.send({ method: 'GET', path: '/api/me' });
    await Promise.all([me(), me(), me()]);
    expect(accounts.refreshes).toBe(1);
  });

  test('tabs take turns and use what another one got', async () => {
    const { accounts, store, tab } = setUp();
    const tabs = [tab(), tab(), tab()];
    await tabs[0]!.login('ann', 'secret');
    accounts.forgetAccess();
    await Promise.all(tabs.map((session) => session.send({ method: 'GET', path: '/api/me' })));
    expect(accounts.refreshes).toBe(1);
    expect(store.read()?.refreshToken).toBe('refresh102');
  });

  test('a token close to its end is replaced before it is used', async () => {
    const { accounts, tab } = setUp();
    accounts.lifeSeconds = 0;
    const session = tab();
    await session.login('ann', 'secret');
    accounts.lifeSeconds = 900;
    expect(await session.accessToken()).toBe('access2');
    expect(await session.accessToken()).toBe('access2');
    expect(accounts.refreshes).toBe(1);
  });

  test('the new token is stored before it is handed out', async () => {
    const { accounts, store, tab } = setUp();
    const session = tab();
    await session.login('ann', 'secret');
    accounts.forgetAccess();
    const token = await session.refresh('access1');
    expect(store.read()?.accessToken).toBe(token);
  });

  test('a session that has ended logs out', async () => {
    const { accounts, store, tab } = setUp();
    const session = tab();
    await session.login('ann', 'secret');
    expect(session.getUser()?.name).toBe('Ann');
    accounts.forgetAccess();
    accounts.end();
    await expect(session.send({ method: 'GET', path: '/api/me' })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(session.getUser()).toBeNull();
    expect(store.read()).toBeNull();
  });

  test('a server that is away does not log out', async () => {
    const { accounts, store, tab } = setUp();
    const session = tab();
    await session.login('ann', 'secret');
    accounts.answers = new Response('bad gateway', { status: 502 });
    await expect(session.refresh('access1')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(store.read()).not.toBeNull();
  });

  test('a log-out while a refresh is under way is final', async () => {
    const { accounts, store, tab } = setUp();
    const session = tab();
    await session.login('ann', 'secret');
    accounts.forgetAccess();
    const refreshing = session.refresh('access1');
    await new Promise((resolve) => setTimeout(resolve));
    store.write(null);
    await expect(refreshing).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(store.read()).toBeNull();
  });
});

describe('own profile', () => {
  test('a picture is set, left alone and taken away, and shown by every tab', async () => {
    const { accounts, store, tab } = setUp();
    const session = tab();
    await session.login('ann', 'secret');
    const profile = new Accounts(session);
    expect((await profile.updateProfile({ pictureMediaId: 7 })).pictureMediaId).toBe(7);
    expect(store.read()?.user.pictureMediaId).toBe(7);
    await profile.updateProfile({ name: 'Anna' });
    expect(accounts.sent).toEqual({ name: 'Anna' });
    expect(session.getUser()).toMatchObject({ name: 'Anna', pictureMediaId: 7 });
    await profile.updateProfile({ pictureMediaId: null });
    expect(accounts.sent).toEqual({ pictureMediaId: null });
    expect(store.read()?.user.pictureMediaId).toBeNull();
    expect(tab().getUser()).toMatchObject({ name: 'Anna', pictureMediaId: null });
  });
});

describe('http errors', () => {
  test('carry code, field and text', async () => {
    const problem = { code: 'conflict', field: 'phoneNumber', title: 'Conflict', detail: 'The phone number is taken.' };
    const http = new Http({ fetch: async () => json(409, problem) });
    const error = await http.send({ method: 'POST', path: '/' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ChatError);
    expect(error).toMatchObject({ code: 'conflict', field: 'phoneNumber', text: 'The phone number is taken.', retryable: false });
  });

  test('a server that cannot be reached is a disconnection', async () => {
    const http = new Http({ fetch: () => Promise.reject(new TypeError('Failed to fetch')) });
    await expect(http.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'disconnected', retryable: true });
  });

  test('Retry-After is understood', async () => {
    const http = new Http({ fetch: async () => new Response('', { status: 429, headers: { 'Retry-After': '3' } }) });
    await expect(http.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3000 });
  });
});
