/** The board as it changes: told by the server over one line while that stands, else asked for again and again. */
import { effect, signal, untracked } from "@preact/signals";

import { type Asked, asked, type Board, type BoardChange, key, look, lost, queryOf, take, takeChange } from "./state.ts";

/** Whether the server tells of every change by itself. */
export const streamed = signal(false);

/** How often the board is asked for without a line; nothing new costs a few bytes. */
const AGAIN_MS = 5_000;
/** How often it is asked for beside a line, which may be dead without anybody knowing. */
const ANYWAY_MS = 30_000;
/** When a line that was refused is tried again. */
const RETRY_MS = 30_000;
/** Between two lines: a server learns only when it next speaks that the other end of one is gone, and lets nobody have many. */
const APART_MS = 1_000;

let line: EventSource | undefined;
let soon: ReturnType<typeof setTimeout> | undefined;
let triedAt = 0;
let lookedAt = 0;

function ask(): void {
  lookedAt = Date.now();
  void look();
}

function hangUp(): void {
  clearTimeout(soon);
  line?.close();
  line = undefined;
  streamed.value = false;
}

/** Where the board that is looked at is streamed. */
function addressOf(one: Asked): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(queryOf(one))) if (value !== undefined) query.set(name, String(value));
  return `/api/v1/leaderboards/${one.level}/stream?${query}`;
}

function call(): void {
  hangUp();
  triedAt = Date.now();
  const mine = key.value;
  const next = new EventSource(addressOf(asked.value));
  line = next;
  const hear = (name: string, apply: (data: never, id: string) => void) =>
    next.addEventListener(name, (event) => {
      if (line !== next || key.value !== mine) return;
      apply(JSON.parse(event.data) as never, event.lastEventId);
      lost.value = undefined;
    });
  next.onopen = () => {
    if (line === next) streamed.value = true;
  };
  hear("board", (board: Board, id) => take(board, id, mine));
  hear("change", (change: BoardChange, id) => takeChange(change, id, mine));
  next.onerror = () => {
    if (line !== next) return;
    streamed.value = false;
    // Refused for good, as a session that is too old is; asking renews that. A line that broke comes back by itself.
    if (next.readyState === EventSource.CLOSED) line = undefined;
    ask();
  };
}

/** Whoever looks through many boards has a line for the one that they stay with. */
function callSoon(): void {
  hangUp();
  const wait = triedAt + APART_MS - Date.now();
  if (wait <= 0) call();
  else soon = setTimeout(call, wait);
}

function tick(): void {
  if (document.hidden) return;
  if (!streamed.value || Date.now() - lookedAt >= ANYWAY_MS) ask();
  if (!line && navigator.onLine && Date.now() - triedAt >= RETRY_MS) call();
}

/** Follows whatever board is asked for, until what it gives is called. */
export function follow(): () => void {
  const timer = setInterval(tick, AGAIN_MS);
  const lose = () => {
    hangUp();
    ask();
  };
  const stop = effect(() => {
    void asked.value;
    // What is read on the way is no reason to begin anew: the board itself is, and it changes with each event.
    untracked(() => {
      callSoon();
      ask();
    });
  });
  addEventListener("offline", lose);
  addEventListener("online", call);
  document.addEventListener("visibilitychange", tick);
  return () => {
    clearInterval(timer);
    stop();
    hangUp();
    removeEventListener("offline", lose);
    removeEventListener("online", call);
    document.removeEventListener("visibilitychange", tick);
  };
}
