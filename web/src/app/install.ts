/** Putting the app on the home screen, where the browser offers it: there its data is not emptied, and it opens like any other. */
import { signal } from "@preact/signals";

/** What Chromium hands out when a page may be installed. */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

export const offer = signal<Offer | undefined>(undefined);

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer.value = event as Offer;
});
addEventListener("appinstalled", () => (offer.value = undefined));

export async function install(): Promise<void> {
  await offer.value?.prompt();
  offer.value = undefined;
}
