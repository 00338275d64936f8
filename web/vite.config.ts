import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const absent = fileURLToPath(new URL("src/meeting/absent.ts", import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [{ find: /^@100mslive\/hms-(whiteboard|noise-cancellation|virtual-background)(\/.*)?$/, replacement: absent }],
  },
  // The server writes a fresh value into each page it sends; services/rooms/WebClient/PageWriter.cs knows the placeholder.
  html: { cspNonce: "__LIVESTREAM_NONCE__" },
  build: {
    target: "es2022",
    sourcemap: false,
    reportCompressedSize: false,
    // No data: URLs: what the pages need are files of the server.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Prebuilt is one chunk by nature, and loaded behind the page.
    chunkSizeWarningLimit: 5_000,
    rollupOptions: {
      input: ["index.html", "meeting.html", "embed.html"],
      // Marks that bundlers of other frameworks read.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE" && warning.code !== "EVAL") warn(warning);
      },
    },
  },
});
