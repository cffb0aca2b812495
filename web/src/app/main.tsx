/**
 * Recording in the field, for volunteers. It opens without a network, keeps everything that was recorded until
 * the server has answered for it, and speaks to the server by itself whenever there is one.
 */
import { effect } from "@preact/signals";
import { render } from "preact";

import "../kit.css";
import "./app.css";
import { language } from "../words.ts";
import { resumeBegun } from "./begun.ts";
import { resumeClock } from "./clock.ts";
import { resumeDrives } from "./drives.ts";
import { followTabs } from "./enter.ts";
import { takeMore } from "./later.tsx";
import { resumeLists } from "./lists.ts";
import { resumeMeta } from "./meta.ts";
import { reload } from "./outbox.ts";
import { resumeOwn } from "./own.ts";
import { resumePull } from "./pull.ts";
import { accountId, resume } from "./session.ts";
import { resumeSlips } from "./slips.ts";
import { completeAt, keepSyncing, resumeSync } from "./sync.ts";
import { keepScanner, keepWorker } from "./update.ts";
import { App, blocked } from "./frame.tsx";

async function start(): Promise<void> {
  document.documentElement.lang = language;
  document.body.replaceChildren();
  render(<App />, document.body);
  if (!crypto.subtle || !self.indexedDB) {
    blocked.value = true;
    return;
  }
  try {
    await Promise.all([resumeClock(), resumeMeta(), resumeBegun(), resumeLists(), resumePull(), resumeOwn(), resumeDrives(), resumeSlips()]);
    await resumeSync();
    await resume();
    await reload(accountId());
  } catch {
    // A browser that keeps nothing, as some do in private windows, cannot be trusted with a day's work.
    blocked.value = true;
    return;
  }
  followTabs();
  keepSyncing();
  void keepWorker();
  // Not before somebody works here and everything they need has come.
  const stop = effect(() => {
    if (completeAt.value === undefined) return;
    void takeMore();
    void keepScanner();
    queueMicrotask(() => stop());
  });
}

/** A part that was fetched later belongs to a newer app and brought it along: the page starts anew with that. */
const ONCE = "to06-app";
if (ONCE in self) location.reload();
else {
  Object.defineProperty(self, ONCE, { value: true });
  void start();
}
