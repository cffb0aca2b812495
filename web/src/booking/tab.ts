/**
 * What this tab remembers, so that Back, a reload and the other language lose nothing. It goes when the
 * tab is closed: phones are lent, and others come after.
 */
import { useEffect, useRef, useState } from "preact/hooks";

/** What was typed of people, and left alone for so long, is forgotten. */
const TYPED_MS = 15 * 60_000;

interface Kept<Value> {
  at: number;
  value: Value;
}

function remember(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(`to06-${name}`, JSON.stringify({ at: Date.now(), value } satisfies Kept<unknown>));
  } catch {
    // Some in-app browsers keep nothing: there it lasts as long as the page.
  }
}

function recall<Value>(name: string, maxAgeMs: number): Value | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(`to06-${name}`) ?? "null") as Kept<Value> | null;
    if (kept && Date.now() - kept.at < maxAgeMs) return kept.value;
    forget(name);
  } catch {
    // As if it had never been kept.
  }
  return undefined;
}

function forget(name: string): void {
  try {
    sessionStorage.removeItem(`to06-${name}`);
  } catch {
    // Nothing was kept.
  }
}

export interface Memory<Value> {
  value: Value;
  change: (part: Partial<Value>) => void;
  clear: () => void;
}

function useKept<Value extends object>(name: string, empty: Value, maxAgeMs: number): Memory<Value> {
  const [value, show] = useState<Value>(() => ({ ...empty, ...recall<Value>(name, maxAgeMs) }));
  const latest = useRef(value);
  const set = (next: Value) => {
    latest.current = next;
    show(next);
  };
  return {
    value,
    change: (part) => {
      set({ ...latest.current, ...part });
      remember(name, latest.current);
    },
    clear: () => {
      set(empty);
      forget(name);
    },
  };
}

/** A form that is being filled in, personal as it is. */
export function useDraft<Value extends object>(name: string, empty: Value): Memory<Value> {
  return useKept(name, empty, TYPED_MS);
}

/** Codes that were given out and may stand nowhere else. */
export function useCodes<Value extends object>(name: string, empty: Value): Memory<Value> {
  return useKept(name, empty, Infinity);
}

interface Steps<Step> {
  step: Step;
  /** Forward, to where Back leads back from. */
  go: (next: Step) => void;
  /** In the place of this step, to which there is no way back. */
  become: (next: Step) => void;
}

/** Which step of a task this is: each an entry of the history. */
export function useSteps<Step extends string>(first: Step): Steps<Step> {
  const here = () => (history.state as { step?: Step } | null)?.step ?? first;
  const [step, show] = useState(here);
  useEffect(() => {
    const moved = () => show(here());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  return {
    step,
    go: (next) => {
      history.pushState({ ...history.state, step: next }, "");
      show(next);
    },
    become: (next) => {
      history.replaceState({ ...history.state, step: next }, "");
      show(next);
    },
  };
}
