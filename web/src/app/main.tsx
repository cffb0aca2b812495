/**
 * Recording in the field, for volunteers. It opens without a network, keeps everything that was recorded until
 * the server has answered for it, and speaks to the server by itself whenever there is one.
 */
import { render } from "preact";

import "../kit.css";
import "./app.css";
import { language } from "../words.ts";
import { resumeClock } from "./clock.ts";
import { followTabs } from "./enter.ts";
import { resumeLists } from "./lists.ts";
import { resumeMeta } from "./meta.ts";
import { reload } from "./outbox.ts";
import { resumeOwn } from "./own.ts";
import { resumePull } from "./pull.ts";
import { accountId, resume } from "./session.ts";
import { keepSyncing, resumeSync } from "./sync.ts";
import { keepWorker } from "./update.ts";
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
    await Promise.all([resumeClock(), resumeMeta(), resumeLists(), resumePull(), resumeOwn()]);
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
}

void start();
