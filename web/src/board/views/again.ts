/** What is read again and again while somebody looks. */
import { useEffect, useRef } from "preact/hooks";

import { type Asked, useAsked } from "../../ask.ts";

const EVERY_MS = 30_000;

/** What `read` gives, anew every half a minute, and when a network is there again. */
export function useAgain<Told>(key: string, read: () => Promise<Told>, everyMs = EVERY_MS): Asked<Told> {
  const asked = useAsked(key, read);
  const again = useRef(asked.again);
  again.current = asked.again;
  useEffect(() => {
    const now = () => again.current();
    const timer = setInterval(() => document.hidden || now(), everyMs);
    addEventListener("online", now);
    addEventListener("offline", now);
    return () => {
      clearInterval(timer);
      removeEventListener("online", now);
      removeEventListener("offline", now);
    };
  }, [everyMs]);
  return asked;
}
