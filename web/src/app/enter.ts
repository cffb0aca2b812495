/** Coming and leaving: what is on the screen is of who is signed in. */
import { dropBegun, resumeBegun } from "./begun.ts";
import { persist } from "./device.ts";
import { dropDrives, resumeDrives } from "./drives.ts";
import { dropLists, resumeLists } from "./lists.ts";
import { reload, waitingCount } from "./outbox.ts";
import { dropOwn, resumeOwn } from "./own.ts";
import { dropPulled, resumePull } from "./pull.ts";
import { picked, said } from "./route.ts";
import { accountId, endEverywhere, resume, signIn, signOut } from "./session.ts";
import { dropSlips, resumeSlips } from "./slips.ts";
import { completeAt, quietly, resumeSync, sync } from "./sync.ts";
import { onOtherTab, tellTabs } from "./tabs.ts";

export async function enter(phone: string, password: string): Promise<void> {
  await signIn(phone, password);
  await takeUp();
  tellTabs();
  void persist();
  void sync();
}

/** Leaves only with empty hands: whatever is unsent goes first. Says whether it could. */
export const leave = (): Promise<boolean> => leaveAfter(async () => undefined);

/** The same for every phone and browser of this account; without an answer nothing has changed. */
export const leaveEverywhere = (): Promise<boolean> => leaveAfter(endEverywhere);

async function leaveAfter(deed: () => Promise<void>): Promise<boolean> {
  if (waitingCount.value > 0) await sync();
  return quietly(async () => {
    if (waitingCount.value > 0) return false;
    await deed();
    await signOut();
    drop();
    await reload(undefined);
    tellTabs();
    return true;
  });
}

/** Another tab has saved, sent, come or left: this one shows the same. */
export function followTabs(): void {
  onOtherTab(async (news) => {
    const before = accountId();
    await resume();
    if (accountId() !== before) await takeUp();
    else if (news === "complete") await readAll();
    else await reload(before);
  });
}

/** Reads what lies here of who is signed in now. */
async function takeUp(): Promise<void> {
  drop();
  await readAll();
}

async function readAll(): Promise<void> {
  await Promise.all([resumeBegun(), resumeLists(), resumePull(), resumeOwn(), resumeDrives(), resumeSlips(), resumeSync(), reload(accountId())]);
}

function drop(): void {
  dropBegun();
  dropLists();
  dropOwn();
  dropDrives();
  dropSlips();
  dropPulled();
  picked.value = undefined;
  said.value = undefined;
  completeAt.value = undefined;
}
