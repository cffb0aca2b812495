/** Reading something once for a view, and again when asked. */
import { useEffect, useState } from "preact/hooks";

export interface Asked<Told> {
  told: Told | undefined;
  why: unknown;
  again: () => void;
}

/** What `read` gives, anew whenever `key` changes. What was told stays until something newer is. */
export function useAsked<Told>(key: string, read: () => Promise<Told>): Asked<Told> {
  const [told, setTold] = useState<{ key: string; told: Told }>();
  const [why, setWhy] = useState<unknown>(undefined);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    read().then(
      (next) => {
        if (gone) return;
        setTold({ key, told: next });
        setWhy(undefined);
      },
      (error: unknown) => gone || setWhy(error),
    );
    return () => {
      gone = true;
    };
  }, [key, round]);
  useEffect(() => {
    if (why === undefined) return;
    const anew = () => setRound((before) => before + 1);
    addEventListener("online", anew);
    return () => removeEventListener("online", anew);
  }, [why]);
  return { told: told?.key === key ? told.told : undefined, why, again: () => setRound((before) => before + 1) };
}
