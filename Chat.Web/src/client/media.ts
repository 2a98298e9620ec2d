import type { MessageMediaView } from './contract';
import { ChatError, disconnected, parseProblem, timedOut } from './errors';
import type { Session } from './session';

export type MediaType = 'image' | 'video' | 'audio' | 'voice' | 'document';

/** What a client says of a file; what it is, the server reads off its bytes. */
export interface FileDetails {
  readonly type: MediaType;
  readonly fileName?: string;
  /** Pixels; with `height`, for images and videos. */
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
}

/** A file that is on the server, to be sent with messages. */
export interface UploadedMedia {
  readonly mediaId: number;
  readonly type: MediaType;
  readonly contentType: string;
  readonly byteSize: number;
  readonly fileName: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  readonly hasThumbnail: boolean;
}

/** Addresses that need no token, until `expiresAt`; for this user alone. */
export interface MediaUrl {
  readonly mediaId: number;
  readonly url: string;
  readonly thumbnailUrl: string | null;
  readonly expiresAt: string;
}

export interface UploadOptions {
  /** Told how much is sent, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Ends the upload; nothing of it stays on the server. */
  readonly signal?: AbortSignal;
}

export interface ByteRequest extends UploadOptions {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly body: Blob;
  readonly accessToken: string;
}

export interface ByteAnswer {
  /** 0: the server was not reached. */
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

/** Sends bytes, and says how it goes on. */
export type ByteTransport = (request: ByteRequest) => Promise<ByteAnswer>;

/** Files: up to the server, and their addresses. */
export class MediaFiles {
  readonly #session: Pick<Session, 'accessToken' | 'refresh' | 'send'>;
  readonly #transport: ByteTransport;
  readonly #baseUrl: string;

  constructor(session: Pick<Session, 'accessToken' | 'refresh' | 'send'>, options: { baseUrl?: string; transport?: ByteTransport } = {}) {
    this.#session = session;
    this.#transport = options.transport ?? xhrTransport;
    this.#baseUrl = options.baseUrl ?? '';
  }

  /** One that breaks off leaves nothing, and may simply be repeated. */
  async upload(file: Blob, details: FileDetails, options: UploadOptions = {}): Promise<UploadedMedia> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(details)) if (value !== undefined) query.set(name, String(value));
    return JSON.parse(await this.#send('POST', `/api/media?${query}`, file, options)) as UploadedMedia;
  }

  /** A small PNG, JPEG or WebP picture of an upload of one's own; before it is sent, so that messages tell of it. */
  async setThumbnail(media: UploadedMedia, picture: Blob): Promise<UploadedMedia> {
    await this.#send('PUT', `/api/media/${media.mediaId}/thumbnail`, picture, {});
    return { ...media, hasThumbnail: true };
  }

  /** Up to 100 ids; files that the user may not see are missing in the answer. The code of an invite shows the picture of its chat. */
  async urls(mediaIds: readonly number[], invite?: string): Promise<readonly MediaUrl[]> {
    const path = `/api/media/urls?ids=${mediaIds.join(',')}${invite === undefined ? '' : `&invite=${encodeURIComponent(invite)}`}`;
    const answer = await this.#session.send<{ urls: readonly MediaUrl[] }>({ method: 'GET', path });
    return answer.urls;
  }

  async #send(method: 'POST' | 'PUT', path: string, body: Blob, options: UploadOptions): Promise<string> {
    const accessToken = await this.#session.accessToken();
    const request = { ...options, method, url: this.#baseUrl + path, body };
    try {
      return textOf(await this.#transport({ ...request, accessToken }));
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'unauthenticated') throw error;
      return textOf(await this.#transport({ ...request, accessToken: await this.#session.refresh(accessToken) }));
    }
  }
}

/** An uploaded file as a message shows it. */
export function mediaView({ mediaId, contentType, byteSize, fileName, width, height, durationMs, hasThumbnail }: UploadedMedia): MessageMediaView {
  return {
    mediaId,
    mimeType: contentType,
    size: byteSize,
    ...(fileName !== null && { fileName }),
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    ...(durationMs !== null && { durationMs }),
    hasThumbnail,
  };
}

function textOf({ status, text, retryAfter }: ByteAnswer): string {
  if (status === 0) throw disconnected('The server cannot be reached.');
  if (status >= 200 && status < 300) return text;
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    problem = undefined;
  }
  throw parseProblem(status, problem, retryAfter);
}

/** `fetch` does not tell how much it has sent. */
const xhrTransport: ByteTransport = ({ method, url, body, accessToken, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const ended = (): void => reject(new DOMException('The upload was ended.', 'AbortError'));
    if (signal?.aborted) return ended();
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const settled = (): void => signal?.removeEventListener('abort', abort);
    request.open(method, url);
    request.setRequestHeader('Authorization', `Bearer ${accessToken}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () => {
      settled();
      resolve({ status: request.status, text: request.responseText, retryAfter: request.getResponseHeader('Retry-After') });
    };
    request.onerror = () => {
      settled();
      resolve({ status: 0, text: '', retryAfter: null });
    };
    request.onabort = () => {
      settled();
      ended();
    };
    request.ontimeout = () => {
      settled();
      reject(timedOut());
    };
    signal?.addEventListener('abort', abort);
    request.send(body);
  });
