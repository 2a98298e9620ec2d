import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ChatError } from '../src/client/errors';
import { MediaFiles } from '../src/client/media';

/** The part of XMLHttpRequest that the upload uses, as a browser has it. A test says what becomes of the request. */
class FakeXhr {
  static readonly sent: FakeXhr[] = [];
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  readonly headers: Record<string, string> = {};
  method = '';
  url = '';
  body: unknown;
  status = 0;
  responseText = '';
  retryAfter: string | null = null;
  aborted = false;
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  ontimeout?: () => void;

  open(method: string, url: string): void {
    Object.assign(this, { method, url });
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  getResponseHeader(name: string): string | null {
    return name === 'Retry-After' ? this.retryAfter : null;
  }

  send(body: unknown): void {
    this.body = body;
    FakeXhr.sent.push(this);
  }

  abort(): void {
    this.aborted = true;
    this.onabort?.();
  }

  answers(status: number, body: unknown, retryAfter: string | null = null): void {
    Object.assign(this, { status, responseText: JSON.stringify(body), retryAfter });
    this.onload?.();
  }
}

const session = { accessToken: () => Promise.resolve('access'), refresh: () => Promise.reject(new Error('not asked')), send: () => Promise.reject(new Error('not asked')) };
const file = new Blob(['bytes']);
const details = { type: 'image', fileName: 'a b.png' } as const;

beforeEach(() => {
  FakeXhr.sent.length = 0;
  vi.stubGlobal('XMLHttpRequest', FakeXhr);
});

afterEach(() => vi.unstubAllGlobals());

async function started(): Promise<FakeXhr> {
  await vi.waitFor(() => expect(FakeXhr.sent).toHaveLength(1));
  return FakeXhr.sent[0]!;
}

test('an upload sends its bytes with the token, and tells how much is sent', async () => {
  const progress: number[] = [];
  const uploaded = new MediaFiles(session, { baseUrl: 'http://server' }).upload(file, details, { onProgress: (part) => progress.push(part) });
  const xhr = await started();
  expect(xhr).toMatchObject({ method: 'POST', url: 'http://server/api/media?type=image&fileName=a+b.png', headers: { Authorization: 'Bearer access' } });
  expect(xhr.body).toBe(file);
  xhr.upload.onprogress!({ loaded: 2, total: 5 });
  xhr.upload.onprogress!({ loaded: 5, total: 5 });
  xhr.upload.onprogress!({ loaded: 0, total: 0 });
  xhr.answers(201, { mediaId: 5 });
  await expect(uploaded).resolves.toEqual({ mediaId: 5 });
  expect(progress).toEqual([0.4, 1, 0]);
});

test('what the server says against it comes out with its code, and when to try again', async () => {
  const uploaded = new MediaFiles(session).upload(file, details);
  (await started()).answers(429, { code: 'rate_limited', detail: 'later' }, '7');
  await expect(uploaded).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 });
});

test('a network that breaks is an error that passes', async () => {
  const uploaded = new MediaFiles(session).upload(file, details);
  (await started()).onerror!();
  await expect(uploaded).rejects.toMatchObject({ code: 'disconnected', retryable: true });
});

test('a browser that gives up waiting is one, too', async () => {
  const uploaded = new MediaFiles(session).upload(file, details);
  (await started()).ontimeout!();
  await expect(uploaded).rejects.toBeInstanceOf(ChatError);
  await expect(uploaded).rejects.toMatchObject({ retryable: true });
});

describe('whoever ends an upload', () => {
  test('ends its request, and is told so', async () => {
    const abort = new AbortController();
    const uploaded = new MediaFiles(session).upload(file, details, { signal: abort.signal });
    const xhr = await started();
    abort.abort();
    await expect(uploaded).rejects.toMatchObject({ name: 'AbortError' });
    expect(xhr.aborted).toBe(true);
  });

  test('before it began sends nothing', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(new MediaFiles(session).upload(file, details, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(FakeXhr.sent).toEqual([]);
  });

  test('after it was done changes nothing', async () => {
    const abort = new AbortController();
    const uploaded = new MediaFiles(session).upload(file, details, { signal: abort.signal });
    const xhr = await started();
    xhr.answers(201, { mediaId: 5 });
    await uploaded;
    abort.abort();
    expect(xhr.aborted).toBe(false);
  });
});
