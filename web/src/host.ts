/** In whose browser a page was opened. */
import { t } from "./words.ts";

/** The app in whose browser this is, by what it says of itself; others are only known to be one. */
export function host(): string | undefined {
  const known = /\b(Zalo|Instagram|TikTok|Line)\b/i.exec(navigator.userAgent)?.[1];
  if (known) return known;
  if (/FBAN|FBAV|FB_IAB/.test(navigator.userAgent)) return "Facebook";
  return /; wv\)/.test(navigator.userAgent) ? t("một ứng dụng khác", "another app") : undefined;
}
