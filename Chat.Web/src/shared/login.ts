/** People write phone numbers with spaces, dashes and brackets; the server takes the bare number. Usernames stay as they are. */
export function tidyLogin(login: string): string {
  const trimmed = login.trim();
  return /^\+[\d\s().\-/]+$/.test(trimmed) ? trimmed.replace(/[^\d+]/g, '') : trimmed;
}
