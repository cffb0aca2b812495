/**
 * One letter does one thing, while nobody types; and a scanner, which is a very fast typist, is told
 * from fingers by its speed.
 */
import { effect, signal, untracked } from "@preact/signals";

import { busy, office, trouble } from "./state.ts";
import { ANYWHERE, OF_MINE, question } from "./verbs.ts";

const OFF = "to06-desk-keys-off";

function areOff(): boolean {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

/** Letters do something. Who speaks to the machine or uses one finger turns them off. */
export const lettersOn = signal(!areOff());

export function turnLetters(on: boolean): void {
  lettersOn.value = on;
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Until the page is closed.
  }
}

/** Nobody types the next letter so soon; every scanner does. */
const SCANNER_MS = 60;
/** The shortest thing worth scanning is a code. */
const SCAN_CHARS_MIN = 8;

/** Listens until what it gives is called. */
export function listen(scanned: (text: string) => void): () => void {
  let typed = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    const text = typed;
    typed = "";
    if ([...text].length !== 1) return;
    ahead.push({ letter: text, at: performance.now() });
    pressAhead();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || question.value || isTyping(event.target)) return;
    if (event.key === "Enter" && typed.length >= SCAN_CHARS_MIN) {
      event.preventDefault();
      clearTimeout(timer);
      const text = typed;
      typed = "";
      scanned(text);
      return;
    }
    if ([...event.key].length !== 1 || event.key === " ") return;
    // Firefox would open its search on the slash.
    if (event.key === "/") event.preventDefault();
    typed += event.key;
    clearTimeout(timer);
    timer = setTimeout(settle, SCANNER_MS);
  };
  document.addEventListener("keydown", onKey);
  const stop = effect(() => {
    if (busy.value) return;
    if (trouble.peek()) ahead.length = 0;
    untracked(pressAhead);
  });
  return () => {
    document.removeEventListener("keydown", onKey);
    clearTimeout(timer);
    stop();
  };
}

/** A letter that is older than this when its turn comes was meant for another moment. */
const AHEAD_MS_MAX = 3_000;
/** Letters pressed while something is being done: each has its turn after it, unless that went wrong. */
const ahead: { letter: string; at: number }[] = [];

function pressAhead(): void {
  while (!busy.value) {
    const next = ahead.shift();
    if (!next) return;
    if (question.value || performance.now() - next.at > AHEAD_MS_MAX) continue;
    press(next.letter);
  }
}

function press(letter: string): void {
  const key = letter.toLowerCase();
  const verb = [...OF_MINE, ...ANYWHERE].find((one) => one.key === key);
  if (!verb || !office.value || (!lettersOn.value && key !== "?" && key !== "/")) return;
  if (verb.can()) verb.run();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), select, textarea") !== null;
}
