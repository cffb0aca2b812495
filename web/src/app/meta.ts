/** What the server says of itself: its clock, its limits, the key to seal to, what everybody is to read now. */
import { signal } from "@preact/signals";

import { type Schemas, told } from "../api.ts";
import { keep, kept } from "./box.ts";
import { compare } from "./clock.ts";
import { VERSION } from "./phone.ts";
import { createStranger } from "./session.ts";

export interface Meta extends Omit<Schemas["ServerMeta"], "server_time"> {
  /** What citizens are told before they agree. */
  consent?: Schemas["ConsentText"] | undefined;
  services?: Schemas["Service"][] | undefined;
}

const META = "meta";

export const meta = signal<Meta | undefined>(undefined);

export async function resumeMeta(): Promise<void> {
  meta.value = await kept<Meta>(META);
}

/** Asks how the server is. Comes first: a changed epoch or key matters to everything that follows. */
export async function refreshMeta(): Promise<Meta> {
  const askedAt = Date.now();
  const { server_time, ...rest } = await told(createStranger().GET("/api/v1/meta"));
  await compare(server_time, askedAt, Date.now());
  const next: Meta = { ...rest, consent: meta.value?.consent, services: meta.value?.services };
  meta.value = next;
  await keep({ [META]: next });
  return next;
}

/** Asks for texts that rarely change. */
export async function refreshTexts(): Promise<void> {
  const [consent, services] = await Promise.all([
    told(createStranger().GET("/api/v1/rights/consent-text")),
    told(createStranger().GET("/api/v1/services")),
  ]);
  const next = meta.value && { ...meta.value, consent, services };
  if (!next) return;
  meta.value = next;
  await keep({ [META]: next });
}

/** Whether the server wants a newer app than this one, before it lets it read. */
export function isTooOld(least: string | undefined): boolean {
  if (!least) return false;
  const [own, wanted] = [VERSION, least].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (own![index] ?? 0) - (wanted![index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
