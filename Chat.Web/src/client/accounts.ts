import type { UserView } from './contract';
import type { Session } from './session';
import type { Profile } from './tokens';

export interface SessionInfo {
  readonly sessionId: number;
  readonly deviceName: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** Whether this is the session that asks. */
  readonly current: boolean;
}

export interface ExportInfo {
  readonly exportId: number;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly chatsDone: number;
  /** 0 until it is known. */
  readonly chatsTotal: number;
  readonly bytes: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** Until then `GET /api/me/exports/{exportId}/file` gives it. */
  readonly expiresAt: string | null;
}

/** Null clears a field, an absent one stays as it is. */
export interface ProfileChange {
  readonly name?: string;
  readonly username?: string | null;
  readonly status?: string | null;
  readonly profilePictureUrl?: string | null;
  /** An image that was uploaded, or that one sees. */
  readonly pictureMediaId?: number | null;
}

/** The HTTP calls about oneself and other people. */
export class Accounts {
  constructor(private readonly session: Session) {}

  async profile(): Promise<Profile> {
    const profile = await this.session.send<Profile>({ method: 'GET', path: '/api/me' });
    await this.session.keepUser(profile);
    return profile;
  }

  async updateProfile(change: ProfileChange): Promise<Profile> {
    const profile = await this.session.send<Profile>({ method: 'PATCH', path: '/api/me', body: change });
    await this.session.keepUser(profile);
    return profile;
  }

  /** Ends the user's other sessions. A wrong password is `forbidden`. */
  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    await this.session.send({ method: 'POST', path: '/api/me/password', body: { currentPassword, newPassword } });
  }

  /** Ends the user's other sessions. A wrong password is `forbidden`, a number that somebody has `conflict`. */
  async changePhoneNumber(password: string, phoneNumber: string): Promise<Profile> {
    const profile = await this.session.send<Profile>({ method: 'POST', path: '/api/me/phone-number', body: { password, phoneNumber } });
    await this.session.keepUser(profile);
    return profile;
  }

  /** Asks for an export of one's data; one that is under way is the answer. */
  async beginExport(): Promise<ExportInfo> {
    return this.session.send<ExportInfo>({ method: 'POST', path: '/api/me/exports' });
  }

  /** The newest first. */
  async exports(): Promise<readonly ExportInfo[]> {
    const answer = await this.session.send<{ exports: readonly ExportInfo[] }>({ method: 'GET', path: '/api/me/exports' });
    return answer.exports;
  }

  /** For good. The next call of anything finds the session ended. */
  async deleteAccount(password: string): Promise<void> {
    await this.session.send({ method: 'POST', path: '/api/me/delete', body: { password } });
  }

  /** Up to 100 ids; unknown ones are missing in the answer. */
  async users(ids: readonly number[]): Promise<readonly UserView[]> {
    const answer = await this.session.send<{ users: readonly UserView[] }>({
      method: 'GET',
      path: `/api/users?ids=${ids.join(',')}`,
    });
    return answer.users;
  }

  /** By exact phone number or username; throws `not_found`. */
  async findUser(login: string): Promise<UserView> {
    return this.session.send<UserView>({ method: 'GET', path: `/api/users/find?login=${encodeURIComponent(login)}` });
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    const answer = await this.session.send<{ sessions: readonly SessionInfo[] }>({ method: 'GET', path: '/api/sessions' });
    return answer.sessions;
  }

  async endSession(sessionId: number): Promise<void> {
    await this.session.send({ method: 'DELETE', path: `/api/sessions/${sessionId}` });
  }

  async endOtherSessions(): Promise<void> {
    await this.session.send({ method: 'DELETE', path: '/api/sessions' });
  }
}
