/** Keeping the app itself on the phone, and taking up a newer one when its owner agrees. */
import { signal } from "@preact/signals";

import { ownReader, SCANNER } from "./reader.ts";

/** A newer app lies ready. */
export const updateReady = signal(false);

let waiting: ServiceWorker | undefined;

export async function keepWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register("/app-worker.js", { scope: "/app" });
    const look = (worker: ServiceWorker | null) => {
      // The first one replaces nothing.
      if (!worker || !navigator.serviceWorker.controller) return;
      waiting = worker;
      updateReady.value = true;
    };
    look(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => {
        if (coming.state === "installed") look(coming);
      });
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
    });
  } catch {
    // Without a worker the app still works while there is a network, and what is recorded is kept all the same.
  }
}

/** A browser without a reader of its own scans without a network only if ours lies here: it is fetched where that costs little. */
export async function keepScanner(): Promise<void> {
  if (!navigator.serviceWorker || (await ownReader())) return;
  await navigator.serviceWorker.ready;
  const line = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  if (line?.saveData || (line?.effectiveType ?? "4g") !== "4g") return;
  // The worker keeps what passes through it, which nothing does before it has claimed this page.
  if (!navigator.serviceWorker.controller) await new Promise((claimed) => navigator.serviceWorker.addEventListener("controllerchange", claimed, { once: true }));
  await Promise.all(SCANNER.map(async (address) => (await fetch(address)).blob())).catch(() => undefined);
}

/** Takes the newer app, looking for one first. Everything recorded stays where it is. */
export async function update(): Promise<void> {
  navigator.serviceWorker?.addEventListener("controllerchange", () => location.reload());
  const registration = await navigator.serviceWorker?.getRegistration("/app");
  await registration?.update().catch(() => undefined);
  const next = waiting ?? registration?.waiting;
  if (next) next.postMessage("take over");
  else location.reload();
}
