/**
 * The app's own files, kept on the phone: it opens in seconds without a network. Only these; what is the
 * server's or somebody's never passes through here.
 */
interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response> | Response): void;
}
interface Worker {
  addEventListener(type: "install" | "activate", listen: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listen: (event: Fetching) => void): void;
  addEventListener(type: "message", listen: (event: MessageEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = self as unknown as Worker;

/** Addresses with the hash of what lies there: written in when this is built. */
const KEPT: string[] = ["/* what is kept */"];
/** Addresses without one, of scripts that name the app they are part of. */
const PARTS: string[] = ["/* its parts */"];
const PAGE = "/app";
const PREFIX = "to06-app-";
const CACHE = PREFIX + "/* which release */";

worker.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      // The page names the same versions only if it is as new as this: never one of the browser's own cache.
      const page = await fetch(PAGE, { cache: "no-store" });
      if (!page.ok) throw new Error(`the page answers ${page.status}`);
      const html = await page.clone().text();
      const isOurs = KEPT.every((address) => !/\.(js|css)\?/.test(address) || html.includes(address));
      if (!isOurs) throw new Error("the page is of another version");
      await cache.addAll(KEPT);
      for (const part of PARTS) {
        const script = await fetch(part, { cache: "no-cache" });
        const text = script.ok ? await script.clone().text() : "";
        if (!KEPT.some((address) => text.includes(address))) throw new Error("a part is of another version");
        await cache.put(part, script);
      }
      await cache.put(PAGE, page);
    })(),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && address.pathname === PAGE;
  const isKept = KEPT.includes(address.pathname + address.search);
  const isAsset = address.pathname.startsWith("/assets/");
  if (isPage) event.respondWith(kept(PAGE, request));
  else if (isKept || isAsset) event.respondWith(kept(address.pathname + address.search, request));
});

/** What is kept, else what the server says; of the app's own lazy parts that is kept too. */
async function kept(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(address);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && address.startsWith("/assets/app-")) await cache.put(address, answer.clone());
  return answer;
}
