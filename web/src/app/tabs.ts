/** Several tabs of one app: one sends at a time, and each hears what another changed. */

const channel = "BroadcastChannel" in self ? new BroadcastChannel("to06-app") : undefined;
/** changed: something was saved or sent, or somebody came or left. complete: everything was sent and read. */
type News = "changed" | "complete";

const listeners: ((news: News) => Promise<void>)[] = [];
if (channel) channel.onmessage = ({ data }: MessageEvent<News>) => listeners.forEach((listen) => void listen(data));

/** Says to the other tabs that what lies on the phone is no longer what they show. */
export function tellTabs(news: News = "changed"): void {
  channel?.postMessage(news);
}

export function onOtherTab(listen: (news: News) => Promise<void>): void {
  listeners.push(listen);
}

/** Does something while no other tab does it. Where there are no locks, op ids keep it harmless. */
export function alone<T>(name: string, deed: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return deed();
  return navigator.locks.request(`to06-${name}`, deed) as Promise<T>;
}

/** The same, or nothing at all where another tab is at it. */
export async function aloneOrNot(name: string, deed: () => Promise<void>): Promise<boolean> {
  if (!navigator.locks) {
    await deed();
    return true;
  }
  return navigator.locks.request(`to06-${name}`, { ifAvailable: true }, async (lock) => {
    if (lock) await deed();
    return lock !== null;
  });
}
