// Looks at a playlist without playing it.

export type PlaylistState = "none" | "live" | "ended" | "unreachable";

/** "none" while there is no stream, "live", "ended" after EXT-X-ENDLIST, or "unreachable" where nobody answers at the address. */
export async function playlistState(masterUrl: string): Promise<PlaylistState> {
  try {
    const master = await text(masterUrl);
    if (master === null) return "none";
    const variant = firstVariant(master);
    const media = variant ? await text(new URL(variant, masterUrl).href) : master;
    if (media === null || (!media.includes("#EXTINF") && !media.includes("#EXT-X-PART:"))) return "none";
    return media.includes("#EXT-X-ENDLIST") ? "ended" : "live";
  } catch {
    // The server is away and may come back, or its address is not one that this page can ask.
    return "unreachable";
  }
}

/** The address after the first EXT-X-STREAM-INF (RFC 8216 §4.3.4.2), or null in a media playlist. */
function firstVariant(master: string): string | null {
  const lines = master.split(/\r?\n/);
  const tag = lines.findIndex(line => line.startsWith("#EXT-X-STREAM-INF"));
  return tag < 0 ? null : lines.slice(tag + 1).find(line => line && !line.startsWith("#")) ?? null;
}

async function text(url: string): Promise<string | null> {
  const reply = await fetch(url, { cache: "no-store" });
  return reply.ok ? reply.text() : null;
}
