/** Which trend stands behind the #, in the contract's words: how far back, by what, of whom. */
import { FIRST } from "../state.ts";

export type Step = "day" | "week" | "month";

/** How far back one can look, in days, and by what: a few columns at least, and never more than a trend may have. */
export const WINDOWS: { word: string; days: number; steps: Step[] }[] = [
  { word: "4w", days: 28, steps: ["day", "week"] },
  { word: "3m", days: 91, steps: ["week", "day", "month"] },
  { word: "1y", days: 365, steps: ["month", "week", "day"] },
  { word: "2y", days: 730, steps: ["month", "week"] },
];

export interface AskedTrend {
  stage: string;
  window: string;
  step: Step;
  union: string;
  /** A unit that is chosen instead of one's own. */
  within?: number | undefined;
  /** One of its villages. */
  village?: number | undefined;
  /** The whole province, for those who work within one commune. */
  isAll?: boolean | undefined;
}

const WORD = /^[a-z0-9_]{1,40}$/;
const kept = (text: string | null): string | undefined => (text !== null && WORD.test(text) ? text : undefined);
const number = (text: string | null): number | undefined => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined);

export const windowOf = (word: string) => WINDOWS.find((one) => one.word === word) ?? WINDOWS[0]!;

/** What follows the name of the view. Words that mean nothing are as if they were not there. */
export function readTrend(rest: string): AskedTrend {
  const words = new URLSearchParams(rest);
  const { word, steps } = windowOf(words.get("window") ?? "");
  return {
    stage: kept(words.get("stage")) ?? FIRST.stage,
    window: word,
    step: steps.find((one) => one === words.get("step")) ?? steps[0]!,
    union: kept(words.get("mass_union")) ?? "",
    within: number(words.get("within")),
    village: number(words.get("village")),
    isAll: words.get("within") === "all" || undefined,
  };
}

/** The same as an address. */
export function writeTrend({ stage, window, step, union, within, village, isAll }: Partial<AskedTrend>): string {
  const words = new URLSearchParams();
  const put = (name: string, value: string | number | undefined, otherwise?: string) => {
    if (value !== undefined && value !== "" && value !== otherwise) words.set(name, String(value));
  };
  const { word, steps } = windowOf(window ?? "");
  put("stage", stage, FIRST.stage);
  put("window", word, WINDOWS[0]!.word);
  put("step", step, steps[0]!);
  put("mass_union", union);
  put("within", isAll ? "all" : within);
  put("village", village);
  const query = words.toString();
  return `#dien-bien${query && `?${query}`}`;
}

/** The first day of that window up to today, whole steps of it. */
export function firstDay(window: string, step: Step, today: string): string {
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - (windowOf(window).days - 1));
  if (step === "week") day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (step === "month") day.setUTCDate(1);
  return day.toISOString().slice(0, 10);
}
