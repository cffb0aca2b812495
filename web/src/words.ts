/** Words as people here write them: two languages, local time, dotted thousands. */

export type Language = "vi" | "en";

const KEY = "to06-language";

function chosen(): Language {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "vi";
  } catch {
    // Some in-app browsers keep nothing.
    return "vi";
  }
}

export const language: Language = chosen();

/** Changes the language of everything: the page starts anew, and nothing typed is lost before it asks. */
export function speak(next: Language): void {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    return;
  }
  location.reload();
}

/** A sentence in Vietnamese, and the same in English. */
export function t(vietnamese: string, english: string): string {
  return language === "en" ? english : vietnamese;
}

/** The language of what is in Vietnamese whatever the page speaks: names of services and offices, documents, notes. */
export const vietnamese = language === "vi" ? undefined : "vi";

const ZONE = "Asia/Ho_Chi_Minh";
const locale = language === "en" ? "en-GB" : "vi-VN";
const clock = new Intl.DateTimeFormat(locale, { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });
const isoDay = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const longDay = new Intl.DateTimeFormat(locale, { timeZone: ZONE, weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" });

/** `07:30`, in Vietnam. */
export function hour(at: string | Date): string {
  return clock.format(new Date(at));
}

/** `07:30` of minutes after midnight. */
export function spellMinute(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Minutes after midnight of `07:30`; nothing of nothing. */
export function readMinute(clock: string): number | undefined {
  const [hours, minutes] = clock.split(":").map(Number);
  return hours === undefined || minutes === undefined || Number.isNaN(hours + minutes) ? undefined : hours * 60 + minutes;
}

/** `2026-11-28`: the day in Vietnam. */
export function day(at: string | Date): string {
  return isoDay.format(new Date(at));
}

/** `Hôm nay, thứ bảy 28/11/2026`. */
export function spellDay(iso: string, today: string): string {
  const noon = new Date(`${iso}T12:00:00+07:00`);
  const spelled = longDay.format(noon).replace(/^(thứ [^,]*|chủ nhật),/i, "$1");
  const tomorrow = day(new Date(new Date(`${today}T12:00:00+07:00`).getTime() + 86_400_000));
  if (iso === today) return t(`Hôm nay, ${lower(spelled)}`, `Today, ${spelled}`);
  if (iso === tomorrow) return t(`Ngày mai, ${lower(spelled)}`, `Tomorrow, ${spelled}`);
  return spelled.charAt(0).toUpperCase() + spelled.slice(1);
}

/** As it stands within a sentence: `VNeID` stays what it is. */
export function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** `hôm nay, thứ bảy 28/11/2026`: a day within a sentence, where English days keep their capital. */
export function dayWithin(iso: string, today: string): string {
  const spelled = spellDay(iso, today);
  return t(lower(spelled), spelled);
}

/** `07:30, hôm nay, thứ bảy 28/11/2026`. */
export function spellTime(at: string): string {
  return `${hour(at)}, ${dayWithin(day(at), day(new Date()))}`;
}

/** `0912 345 678`, as people here write what is kept as `+84912345678`. */
export function spellPhone(phone: string): string {
  return phone.replace(/^\+84(\d{3})(\d{3})(\d{3})$/, "0$1 $2 $3");
}

/** `4:07` of seconds that are left. */
export function spellLeft(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
