/** How the page's own scripts call the server: with a header that no form or link can send, and for one person alone. */

/** `user`: the id of the person whom the page was made for; the server answers no call for another. */
export function callHeaders(user: string | null): Record<string, string> {
  return { "x-lakefront-call": "1", ...(user ? { "x-lakefront-user": user } : {}) };
}
