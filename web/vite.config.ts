import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

// One script and one style sheet a face, under names that stay: the program tells browsers which
// version it has by a hash of what lies in it.
export default defineConfig({
  root: here,
  resolve: {
    alias: {
      "@to06/client": resolve(here, "../mobile-contracts/clients/typescript/src/index.ts"),
      "openapi-fetch": resolve(here, "node_modules/openapi-fetch"),
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2020",
    outDir: "dist",
    emptyOutDir: true,
    modulePreload: false,
    rollupOptions: {
      input: { booking: resolve(here, "src/booking/main.tsx") },
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
