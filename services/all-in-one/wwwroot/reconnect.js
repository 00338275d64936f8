// Getting back what was lost, by trying again for as long as that may help.

import { withToken } from "./api.js";
import { pause, showError } from "./ui.js";

// What the code or its role may not do, and a room that is gone, stay so.
const FINAL = [403, 404];

/**
 * Makes attempts until one succeeds, and tells why the last one failed. Throws what no further attempt can change; ends without one when
 * nobody wants it any more.
 */
export async function reconnect(grant, attempt, wanted = () => true) {
  for (let failed = 0; wanted(); failed++) {
    try {
      await withToken(grant, attempt);
      if (failed > 0) showError(null);
      return;
    } catch (error) {
      if (!wanted()) return;
      if (FINAL.includes(error.status)) throw error;
      showError(error);
      await pause(Math.max(Math.min(500 * 2 ** failed, 8000), error.retryAfterMs || 0));
    }
  }
}
