import { expect, test } from 'vitest';
import { ChatError } from '../src/client/errors';
import { MediaFiles, type ByteAnswer, type ByteRequest } from '../src/client/media';

const answer = (status: number, body: unknown = ''): ByteAnswer => ({ status, text: JSON.stringify(body), retryAfter: null });

function files(...answers: readonly ByteAnswer[]): { files: MediaFiles; requests: ByteRequest[] } {
  const requests: ByteRequest[] = [];
  const waiting = [...answers];
  let token = 1;
  const session = {
    accessToken: () => Promise.resolve(`access${token}`),
    refresh: () => Promise.resolve(`access${++token}`),
    send: () => Promise.reject(new Error('not asked')),
  };
  const transport = (request: ByteRequest): Promise<ByteAnswer> => {
    requests.push(request);
    request.onProgress?.(1);
    return Promise.resolve(waiting.shift()!);
  };
  return { files: new MediaFiles(session, { baseUrl: 'http://server', transport }), requests };
}

test('an upload sends the bytes with what is known of them, and tells how far it is', async () => {
  const progress: number[] = [];
  const { files: media, requests } = files(answer(201, { mediaId: 5 }));
  const file = new Blob(['bytes']);
  await expect(media.upload(file, { type: 'image', fileName: 'a b.png', width: 2, height: 3 }, { onProgress: (part) => progress.push(part) }))
    .resolves.toEqual({ mediaId: 5 });
  expect(requests).toMatchObject([{ method: 'POST', url: 'http://server/api/media?type=image&fileName=a+b.png&width=2&height=3', accessToken: 'access1' }]);
  expect(requests[0]!.body).toBe(file);
  expect(progress).toEqual([1]);
});

test('a token that the server refuses is refreshed once', async () => {
  const { files: media, requests } = files(answer(401, { code: 'unauthenticated' }), answer(201, { mediaId: 5 }));
  await media.upload(new Blob(['bytes']), { type: 'document' });
  expect(requests.map((request) => request.accessToken)).toEqual(['access1', 'access2']);
});

test('what the server says against it comes out as an error with its code', async () => {
  const { files: media } = files(answer(413, { code: 'too_large', detail: 'too many bytes', field: 'body' }), answer(0));
  await expect(media.upload(new Blob([]), { type: 'image' })).rejects.toMatchObject({ code: 'too_large', field: 'body' });
  const failed = media.upload(new Blob([]), { type: 'image' });
  await expect(failed).rejects.toBeInstanceOf(ChatError);
  await expect(failed).rejects.toMatchObject({ code: 'disconnected', retryable: true });
});

test('addresses are asked for with the code of an invite where there is one', async () => {
  const asked: string[] = [];
  const urls = [{ mediaId: 5, url: '/media/5?token=t', thumbnailUrl: null, expiresAt: '' }];
  const session = {
    accessToken: () => Promise.resolve(''),
    refresh: () => Promise.resolve(''),
    send: <T>({ path }: { path: string }): Promise<T> => {
      asked.push(path);
      return Promise.resolve({ urls } as T);
    },
  };
  const media = new MediaFiles(session);
  await expect(media.urls([5, 6])).resolves.toEqual(urls);
  await media.urls([5], 'AAAAAAAAAAAAAAAAAAAAAA');
  expect(asked).toEqual(['/api/media/urls?ids=5,6', '/api/media/urls?ids=5&invite=AAAAAAAAAAAAAAAAAAAAAA']);
});

test('a thumbnail belongs to its upload', async () => {
  const { files: media, requests } = files(answer(204));
  const upload = {
    mediaId: 5, type: 'image', contentType: 'image/png', byteSize: 1, fileName: null, width: null, height: null, durationMs: null, hasThumbnail: false,
  } as const;
  await expect(media.setThumbnail(upload, new Blob(['x']))).resolves.toEqual({ ...upload, hasThumbnail: true });
  expect(requests).toMatchObject([{ method: 'PUT', url: 'http://server/api/media/5/thumbnail' }]);
});
