/** Reading what only the server knows: no view of it without a network. */
import { useEffect, useState } from "preact/hooks";

/** A list of the server's as of now; `undefined` until it has come. */
export function useList<T>(ask: () => Promise<{ items: T[] }>): { items: T[] | undefined; why: unknown; again: () => void } {
  const [items, show] = useState<T[]>();
  const [why, setWhy] = useState<unknown>();
  const load = () => {
    setWhy(undefined);
    ask().then((page) => show(page.items), setWhy);
  };
  useEffect(load, []);
  return { items, why, again: load };
}
