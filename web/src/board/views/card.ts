/** A day as a picture for a phone's screen: what fits is drawn, and what does not is said to be more. */
import { day, hour, spellDay, t } from "../../words.ts";
import { spell } from "../state.ts";
import { fullDay } from "./spell.ts";
import type { Brief } from "./today.tsx";

/** A picture of a chat: 4 to 5. */
export const WIDTH = 1080;
export const HEIGHT = 1350;
const MARGIN = 64;
/** Above the line of where it comes from. */
const BOTTOM = HEIGHT - 96;
const LINE = 42;
const FONT = `system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif`;
const INK = "#1c2430";
const SOFT = "#5a6675";
const BAND = "#b3261e";

/** Lines that a part has room for, in the order in which they matter to who reads a picture. */
const PARTS: [string, number][] = [["moved", 3], ["seven_days", 3], ["stalled", 2], ["doubtful", 2], ["places", 1], ["tomorrow", 3]];

export function drawCard(canvas: HTMLCanvasElement, brief: Brief): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = BAND;
  pen.fillRect(0, 0, WIDTH, 168);
  pen.textBaseline = "alphabetic";
  write(pen, brief.unit_name, MARGIN, 78, 48, "700", "#ffffff");
  write(pen, `Tổ 06, ${spellDay(brief.on, brief.on).replace(/^[^,]*, /, "")}`, MARGIN, 132, 34, "400", "#ffffff");
  numbers(pen, brief);
  let y = 372;
  for (const [name, room] of PARTS) {
    const part = brief.parts.find((one) => one.part === name);
    if (!part || part.lines.length === 0 || y + 2 * LINE > BOTTOM) continue;
    write(pen, part.title, MARGIN, y, 34, "700", BAND);
    y += LINE + 4;
    const told = part.lines.slice(0, room);
    for (const { text } of told) {
      pen.font = `400 32px ${FONT}`;
      const lines = wrap(pen, text, WIDTH - 2 * MARGIN - 32);
      if (y + (lines.length - 1) * LINE > BOTTOM) break;
      write(pen, "•", MARGIN, y, 32, "400", SOFT);
      for (const line of lines) {
        write(pen, line, MARGIN + 32, y, 32, "400", INK);
        y += LINE;
      }
    }
    const more = part.lines.length - told.length + part.more;
    if (more > 0 && y <= BOTTOM) {
      write(pen, t(`và ${more} dòng nữa`, `and ${more} more`), MARGIN + 32, y, 28, "400", SOFT);
      y += LINE;
    }
    y += 22;
  }
  pen.fillStyle = "#d9dfe7";
  pen.fillRect(MARGIN, HEIGHT - 72, WIDTH - 2 * MARGIN, 2);
  write(pen, t(`Số liệu lúc ${hour(brief.as_of)} ngày ${fullDay(day(brief.as_of))}. Chỉ có đơn vị và con số.`, `As of ${hour(brief.as_of)}, ${fullDay(day(brief.as_of))}. Units and numbers only.`), MARGIN, HEIGHT - 28, 26, "400", SOFT);
}

/** The day beside the day before, large enough for a list of chats. */
function numbers(pen: CanvasRenderingContext2D, brief: Brief): void {
  const all: [string, string][] = [
    [spell(brief.steps), t("bước trong ngày", "steps of the day")],
    [spell(brief.steps_before), t("hôm trước", "the day before")],
    [spell(brief.activated), t("kích hoạt mức 2", "level 2 active")],
  ];
  const wide = (WIDTH - 2 * MARGIN) / all.length;
  all.forEach(([number, name], index) => {
    write(pen, number, MARGIN + index * wide, 264, 80, "800", INK);
    write(pen, name, MARGIN + index * wide, 308, 30, "400", SOFT);
  });
}

function write(pen: CanvasRenderingContext2D, text: string, x: number, y: number, size: number, weight: string, colour: string): void {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.fillText(text, x, y, WIDTH - MARGIN - x);
}

/** Lines no wider than that, broken between words. */
function wrap(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && pen.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === "" ? lines : [...lines, line];
}
