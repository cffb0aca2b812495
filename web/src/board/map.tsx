/** The communes as tiles, darker the further they are; a table says the same in words. */
import { useAsked } from "../ask.ts";
import { api, told } from "../api.ts";
import { t } from "../words.ts";
import { Note } from "./note.tsx";
import { asked, board, countOf, doubtOf, groupOf, type Row, spellTenth } from "./state.ts";
import { place } from "./tiles.ts";

const TILE = 100;
const GAP = 6;
/** From here on a tile has the next shade. */
const SHADES_FROM = [20, 40, 60, 80];

/** The short name: a tile is no place for "Xã" and "Phường". */
function short(name: string): string {
  return name.replace(/^(Xã|Phường|Thị trấn|Đặc khu) /, "");
}

/** A name on two lines, so that its letters are large enough for a phone. */
function inLines(name: string): string[] {
  const words = name.split(" ");
  if (words.length < 2) return [name];
  const half = Math.ceil(words.length / 2);
  return [words.slice(0, half).join(" "), words.slice(half).join(" ")];
}

/** 0 to 4; none without a target. By count, against the largest. */
function shadeOf(row: Row | undefined, most: number): number | undefined {
  if (!row) return undefined;
  const percent = board.value!.metric === "count" ? (100 * row.count) / Math.max(1, most) : row.rate_percent;
  return percent === null || percent === undefined ? undefined : SHADES_FROM.filter((from) => percent >= from).length;
}

/** Where nobody can choose, as on a wall, the tiles are nothing to press. */
export function TileMap({ chosen, choose }: { chosen?: number | undefined; choose?: (row: Row) => void }) {
  const units = useAsked("communes", async () => (await told(api.GET("/api/v1/units", { params: { query: { level: "commune", limit: 200 } } }))).items);
  const rows = new Map((board.value?.rows ?? []).map((row) => [row.unit_id, row]));
  if (!units.told || asked.value.level !== "commune") return null;
  const communes = units.told.filter((unit) => unit.code);
  const at = place(communes.map((unit) => unit.code!));
  const all = [...at.values()];
  const [columns, lines] = [Math.max(...all.map(([column]) => column)) + 1, Math.max(...all.map(([, line]) => line)) + 1];
  const most = Math.max(...[...rows.values()].map((row) => row.count), 1);
  return (
    <section class="panel" aria-labelledby="map">
      <h2 id="map">{t("Sơ đồ các xã", "The communes")}</h2>
      {choose && (
        <Note about={t("Ô, màu và góc đỏ nghĩa là gì?", "What do tiles, shades and a red corner mean?")}>
          <p>{t("Mỗi ô là một xã, phường, đặt gần đúng chỗ của nó (bắc ở trên), không theo ranh giới. Càng đậm càng gần chỉ tiêu. Góc đỏ: số liệu cần kiểm tra. Chạm vào một ô để đọc kỹ.", "Each tile is a commune, about where it lies (north above), without its borders. The darker, the nearer to its target. A red corner: numbers to be checked. Press a tile to read more.")}</p>
        </Note>
      )}
      <svg class="tiles" viewBox={`0 0 ${columns * TILE} ${lines * TILE}`} role="group" aria-labelledby="map">
        {communes.map((unit) => {
          const row = rows.get(unit.unit_id);
          const [column, line] = at.get(unit.code!)!;
          const shade = shadeOf(row, most);
          const doubt = doubtOf(unit.unit_id);
          const value = !row ? "" : board.value!.metric === "count" ? countOf(row.count, groupOf(row)) : row.rate_percent == null ? "–" : `${spellTenth(row.rate_percent)}%`;
          const name = inLines(short(unit.name));
          return (
            <g
              key={unit.unit_id} class={`tile shade-${shade ?? "none"}${chosen === unit.unit_id ? " chosen" : ""}`} transform={`translate(${column * TILE} ${line * TILE})`}
              {...(choose && { role: "button", tabindex: row ? 0 : -1, "aria-pressed": chosen === unit.unit_id })}
              onClick={() => row && choose?.(row)}
              onKeyDown={(event) => {
                if (row && choose && (event.key === "Enter" || event.key === " ")) {
                  event.preventDefault();
                  choose(row);
                }
              }}
            >
              <rect x={GAP / 2} y={GAP / 2} width={TILE - GAP} height={TILE - GAP} rx="10" />
              {name.map((part, index) => <text key={index} x={TILE / 2} y={name.length === 1 ? 40 : 27 + index * 22} class="tile-name">{part}</text>)}
              <text x={TILE / 2} y="82" class="tile-value">{value}</text>
              {doubt && <desc>{t("Số liệu cần kiểm tra", "To be checked")}</desc>}
              {doubt && <path class="doubt" d={`M${TILE - 26} ${GAP / 2 + 4}h18v18z`} />}
            </g>
          );
        })}
      </svg>
      <ul class="legend">
        {[0, 1, 2, 3, 4].map((shade) => <li key={shade} class={`shade-${shade}`}><span aria-hidden="true" />{legend(shade)}</li>)}
        <li class="shade-none"><span aria-hidden="true" />{t("chưa có chỉ tiêu", "no target")}</li>
      </ul>
    </section>
  );
}

function legend(shade: number): string {
  const [from, to] = [shade === 0 ? 0 : SHADES_FROM[shade - 1]!, SHADES_FROM[shade]];
  return to === undefined ? t(`từ ${from} %`, `${from} % on`) : t(`${from}–${to} %`, `${from} to ${to} %`);
}
