/** Figures as reports write them, both ways. */
import { language, t } from "../../words.ts";

const grouped = new Intl.NumberFormat(language === "en" ? "en-GB" : "vi-VN");

/** `319.914`. */
export function spell(number: number | null | undefined): string {
  return number === null || number === undefined ? "" : grouped.format(number);
}

/** A whole number as people write it: `319914`, `319.914`, `319 914`. `undefined` for anything else, `null` for nothing. */
export function readCount(text: string): number | null | undefined {
  const bare = text.trim();
  if (bare === "") return null;
  if (!/^(\d+|\d{1,3}([.,\s\u00a0]\d{3})+)$/.test(bare)) return undefined;
  const number = Number(bare.replace(/\D/g, ""));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Two decimals, half up, as the server computes it; exact, for both are whole numbers. */
export function percentOf(value: number | null | undefined, of: number | null | undefined): string {
  if (value === null || value === undefined || !of) return "";
  const hundredths = (BigInt(value) * 20_000n + BigInt(of)) / (BigInt(of) * 2n);
  const text = hundredths.toString().padStart(3, "0");
  return `${text.slice(0, -2)}${t(",", ".")}${text.slice(-2)}`;
}

/** `58.28` of the wire as people here write it. */
export function comma(wire: string | null | undefined): string {
  return wire ? t(wire.replace(".", ","), wire) : "";
}

/** `16/11/2026`. */
export function date(iso: string): string {
  const [year, month, day] = iso.split("-");
  return `${day}/${month}/${year}`;
}

/** `tháng 11/2026`. */
export function month(word: string): string {
  const [year, number] = word.split("-");
  return t(`tháng ${number}/${year}`, `${number}/${year}`);
}
