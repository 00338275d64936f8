// The server's JSON interface as far as the pages need it.

/** Where the server is: the page's own origin, unless a site that serves the pages itself names another one. */
export const server: string =
  document.querySelector<HTMLMetaElement>('meta[name="livestream-server"]')?.content.replace(/\/+$/, "") || location.origin;

/** Reply of `POST /v2/token`. */
export interface Grant {
  token: string;
  hlsUrl: string;
}

/** Why a code opens nothing: the HTTP status, or 0 when the server did not answer. */
export class ServerError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Exchanges a room code for an auth token and the room's HLS address. */
export async function exchangeCode(code: string, userId?: string): Promise<Grant> {
  let reply: Response;
  try {
    reply = await fetch(`${server}/v2/token`, { method: "POST", body: JSON.stringify({ code, user_id: userId }) });
  } catch {
    throw new ServerError(0, "no answer");
  }
  const body = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new ServerError(reply.status, String(body.message ?? reply.statusText));
  return { token: String(body.token), hlsUrl: String(body.hls_url ?? "") };
}

/** The room code at the end of the page's path. */
export const codeOfPath = (): string => {
  const last = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
};

/** What to tell people whose code opens nothing, and whether a further try may help. */
export function explain(error: unknown): { title: string; text: string; retry: boolean } {
  const status = error instanceof ServerError ? error.status : -1;
  switch (status) {
    case 400:
    case 404:
      return { title: "No room here", text: "This link does not lead to a room. Ask for the link again: a letter may be missing.", retry: false };
    case 403:
      return { title: "This room is closed", text: "Whoever runs it has turned this link or the room off. Try again later.", retry: true };
    case 0:
      return { title: "The server does not answer", text: "Check your connection, then try again.", retry: true };
    case 429:
      return { title: "Too many visitors", text: "The server is busy. Wait a moment, then try again.", retry: true };
    default:
      return { title: "That did not work", text: error instanceof Error ? error.message : String(error), retry: true };
  }
}
