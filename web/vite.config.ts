import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { defineConfig, type Plugin } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Each is built alone, by `--mode`: one script and one style sheet, and nothing shared to fetch besides. */
const FACES: Record<string, string> = {
  booking: "src/booking/main.tsx",
  desk: "src/desk/main.tsx",
  // Before the board, which names their versions.
  "board-report": "src/board/report/main.tsx",
  "board-views": "src/board/views/main.tsx",
  "board-admin": "src/board/admin/main.tsx",
  "board-work": "src/board/work/main.tsx",
  board: "src/board/main.tsx",
  app: "src/app/main.tsx",
  "app-scan": "src/app/zxing.ts",
  "app-badge": "src/app/badge-shown.ts",
  // Last: it lists what the others are.
  "app-worker": "src/app/worker.ts",
};

/** What the app's worker fetches before anything is asked for, under the very addresses that the program gives them. */
const KEPT = ["app.js", "app.css", "app.webmanifest", "app.svg"];

/** What it fetches beforehand too, and the app asks for by name alone, for neither can name the other's content first. */
const PARTS = ["app-more.js"];

/** Parts of a face that take the rest of it from its own script. */
const TAKING: Record<string, string[]> = { app: PARTS, booking: ["booking-data.js"] };

/** What it keeps when it was first asked for. Where one of these changes, the app is another one too. */
const LAZY = ["app-scan.js", "app-scan.wasm", "app-badge.js"];

/** Which content a file has, as `api/src/web.rs` says it. */
function version(name: string): string {
  const hash = createHash("sha256").update(readFileSync(resolve(here, "dist", name))).digest("base64url");
  return hash.slice(0, 12);
}

const address = (name: string) => `/assets/${name}?v=${version(name)}`;

/** Parts of a face take the rest of it from the very script that asked for them, and say which that is. */
function nameWhole(face: string): Plugin {
  const whole = `${face}.js`;
  return {
    name: "name-whole",
    writeBundle() {
      for (const part of TAKING[face]!) {
        const path = resolve(here, "dist", part);
        const named = readFileSync(path, "utf8").replace(/(["'`])\.\/([\w-]+\.js)\1/g, (found, _quote, name) => (name === whole ? JSON.stringify(address(whole)) : found));
        if (!named.includes(address(whole))) throw new Error(`${part} takes nothing from ${whole}`);
        writeFileSync(path, named);
      }
    },
  };
}

/** What is fetched later has no style of its own and nothing beside it: it is imported, and that is all. */
function importPlainly(): Plugin {
  return {
    name: "import-plainly",
    enforce: "pre",
    load: (id) => (id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null),
  };
}

function listKept(): Plugin {
  return {
    name: "list-kept",
    transform(code, id) {
      if (!id.endsWith("src/app/worker.ts")) return null;
      return code
        .replace(`["/* what is kept */"]`, JSON.stringify(KEPT.map(address)))
        .replace(`["/* its parts */"]`, JSON.stringify(PARTS.map((part) => `/assets/${part}`)))
        .replace(`"/* which release */"`, JSON.stringify([...KEPT, ...PARTS, ...LAZY].map(version).join("")));
    },
  };
}

// Names stay: the program tells browsers which version it has by a hash of what lies in it.
export default defineConfig(({ mode }) => {
  const face = FACES[mode];
  if (face === undefined) throw new Error(`no face is called ${mode}; there are: ${Object.keys(FACES).join(", ")}`);
  const isFirst = mode === Object.keys(FACES)[0];
  return {
    root: here,
    base: "/assets/",
    define: {
      "process.env.NODE_ENV": '"production"',
      ...(mode === "board" && {
        REPORT_ADDRESS: JSON.stringify(address("board-report.js")),
        VIEWS_ADDRESS: JSON.stringify(address("board-views.js")),
        ADMIN_ADDRESS: JSON.stringify(address("board-admin.js")),
        WORK_ADDRESS: JSON.stringify(address("board-work.js")),
      }),
    },
    plugins: mode in TAKING ? [nameWhole(mode), importPlainly()] : mode === "app-worker" ? [listKept()] : [],
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
      emptyOutDir: isFirst,
      modulePreload: false,
      assetsInlineLimit: 0,
      rollupOptions: {
        // The scanner is a module whose one function the app calls.
        preserveEntrySignatures: "allow-extension",
        // What is fetched later is named, not built in.
        external: (id) => id.startsWith("/assets/"),
        input: { [mode]: resolve(here, face) },
        output: { entryFileNames: "[name].js", chunkFileNames: `${mode}-[name].js`, assetFileNames: `${mode}[extname]` },
      },
    },
  };
});
