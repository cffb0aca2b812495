/** One press of a button is done once, however often its answer is lost on the way. */
import { useRef } from "preact/hooks";

import { Refused, uuid } from "./api.ts";

/** Whether nothing came of it, so that the next press is another one. Where nobody knows, or it is to be sent later, it is the same. */
function isRefusal(why: unknown): boolean {
  return why instanceof Refused && why.problem.status < 500 && why.retryAfterS === undefined;
}

/** Sends under a key that stays until an answer is known, as long as what is sent stays. */
export function usePress(): <Told>(what: unknown, send: (key: string) => Promise<Told>) => Promise<Told> {
  const kept = useRef<{ what: string; key: string } | undefined>(undefined);
  return async (what, send) => {
    const words = JSON.stringify(what);
    if (kept.current?.what !== words) kept.current = { what: words, key: uuid() };
    try {
      const answer = await send(kept.current.key);
      kept.current = undefined;
      return answer;
    } catch (why) {
      if (isRefusal(why)) kept.current = undefined;
      throw why;
    }
  };
}
