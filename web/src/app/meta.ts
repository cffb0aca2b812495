/** What the server says of itself: its clock, its limits, the key to seal to, what everybody is to read now. */
import { computed, signal } from "@preact/signals";

import { type Schemas, told } from "../api.ts";
import { language } from "../words.ts";
import { keep, kept } from "./box.ts";
import { compare } from "./clock.ts";
import { VERSION } from "./phone.ts";
import { createStranger } from "./session.ts";

export interface Meta extends Omit<Schemas["ServerMeta"], "server_time"> {
  /** What citizens are told before they agree. */
  consent?: Schemas["ConsentText"] | undefined;
  services?: Schemas["Service"][] | undefined;
  /** What codes mean in English; only where English is spoken. */
  english?: Record<string, string> | undefined;
  texts_at?: number | undefined;
}

const META = "meta";

export const meta = signal<Meta | undefined>(undefined);

/** How often and how much, as the server says; until it has said so, as most servers do. */
export const limits = computed(() => {
  const told = meta.value?.limits;
  return {
    syncEveryMs: (told?.sync_every_s ?? 300) * 1000,
    backoffMaxMs: (told?.backoff_max_s ?? 900) * 1000,
    checkEveryMs: (told?.check_every_s ?? 86_400) * 1000,
    /** More than this many unsent operations are a phone that nobody should trust to keep them. */
    waitingMax: told?.ops_waiting_max ?? 5_000,
    keptMs: (told?.decided_kept_days ?? 30) * 86_400_000,
  };
});

export async function resumeMeta(): Promise<void> {
  meta.value = await kept<Meta>(META);
}

/** Asks how the server is. Comes first: a changed epoch or key matters to everything that follows. */
export async function refreshMeta(): Promise<Meta> {
  const askedAt = Date.now();
  const { server_time, ...rest } = await told(createStranger().GET("/api/v1/meta"));
  await compare(server_time, askedAt, Date.now());
  const { consent, services, english, texts_at } = meta.value ?? {};
  const next: Meta = { ...rest, consent, services, english, texts_at };
  meta.value = next;
  await keep({ [META]: next });
  return next;
}

/** Asks for texts that rarely change, now and then. */
export async function refreshTexts(): Promise<void> {
  const known = meta.value;
  const isEnglish = language === "en";
  const isFresh = known?.texts_at !== undefined && Math.abs(Date.now() - known.texts_at) < limits.value.checkEveryMs;
  if (!known || (isFresh && (!isEnglish || known.english))) return;
  const stranger = createStranger();
  const [consent, services, errors] = await Promise.all([
    told(stranger.GET("/api/v1/rights/consent-text")),
    told(stranger.GET("/api/v1/services")),
    isEnglish ? told(stranger.GET("/api/v1/contract/errors")) : undefined,
  ]);
  const english = errors && Object.fromEntries(errors.items.map((error) => [error.code, error.en]));
  const next = { ...known, consent, services, english: english ?? known.english, texts_at: Date.now() };
  meta.value = next;
  await keep({ [META]: next });
}

/** Why something became of an operation, in the language that is spoken here. */
export function reasonOf(code: string | null | undefined, message: string | null | undefined): string | undefined {
  return (language === "en" && code && meta.value?.english?.[code]) || message || undefined;
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
