/** Campaigns of one's unit: what they are to bring, how far they are, and their teams, as of the last time that was asked. */
import { signal } from "@preact/signals";

import type { Schemas } from "../api.ts";
import { day } from "../words.ts";
import { keep, kept } from "./box.ts";
import { campaigns } from "./pull.ts";
import { asked, me } from "./session.ts";

export interface Drive {
  campaign: Schemas["PulledCampaign"];
  progress: Schemas["CampaignProgress"][];
  /** By what their members brought at the stage that the campaign is about. */
  teams: Schemas["TeamRow"][];
  stage: string;
}

export interface Drives {
  as_of: string;
  /** Those that run and those to come, the one that ends first before the others. */
  all: Drive[];
}

const DRIVES = "drives";
const MANY = 3;
const OLD_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** What a campaign is about where no target says so. */
const STAGE = "level2_activated";

export const drives = signal<Drives | undefined>(undefined);

export async function resumeDrives(): Promise<void> {
  drives.value = await kept<Drives>(DRIVES);
}

export function dropDrives(): void {
  drives.value = undefined;
}

export async function refreshDrives(): Promise<void> {
  if (drives.value && Math.abs(Date.now() - Date.parse(drives.value.as_of)) < OLD_MS) return;
  const today = day(new Date());
  const open = campaigns.value.filter((one) => !one.closed && one.ends_on >= today);
  const next = open.sort((a, b) => a.ends_on.localeCompare(b.ends_on)).slice(0, MANY);
  const all: Drive[] = [];
  for (const campaign of next) all.push(await look(campaign));
  drives.value = { as_of: new Date().toISOString(), all };
  await keep({ [DRIVES]: drives.value });
}

async function look(campaign: Schemas["PulledCampaign"]): Promise<Drive> {
  const path = { campaign_id: campaign.campaign_id };
  const { items } = await asked((client) => client.GET("/api/v1/campaigns/{campaign_id}/progress", { params: { path, query: { limit: 200 } } }));
  const progress = items.filter(({ target }) => target.mass_union === "all" || target.mass_union === me.value?.mass_union);
  const stage = progress[0]?.target.stage ?? STAGE;
  const query = { ...path, stage, limit: 50 };
  const board = campaign.starts_on <= day(new Date()) ? await asked((client) => client.GET("/api/v1/leaderboards/team", { params: { query } })) : undefined;
  return { campaign, progress, teams: board?.rows ?? [], stage };
}

/** Days from one to the other. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / DAY_MS);
}

/** Days that are left of a campaign after today; of one to come, days until it begins, as less than nothing. */
export function daysLeft({ starts_on, ends_on }: Schemas["PulledCampaign"], now: Date): number {
  const today = day(now);
  return today < starts_on ? -daysBetween(today, starts_on) : daysBetween(today, ends_on);
}
