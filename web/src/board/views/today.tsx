/** A day of a unit for whoever commands it: who moved, who stalled, what to doubt, what ends soon, what to do tomorrow. */
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Heading, Loading } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { day, dayWithin, spellDay, t } from "../../words.ts";
import { Missing } from "../missing.tsx";
import { FIRST, spell } from "../state.ts";
import { write } from "./address.ts";
import { useAgain } from "./again.ts";
import { Failed, Fresh } from "./fresh.tsx";
import { Message } from "./message.tsx";
import { Offices } from "./offices.tsx";

export type Brief = Schemas["Brief"];
type Part = Schemas["BriefPart"];

const DAY_MS = 86_400_000;

/** Of a unit's day; of one's own unit's today if nothing is said. */
async function readBrief(on?: string, within?: number): Promise<Brief> {
  return (await told(api.GET("/api/v1/brief", { params: { query: { on, within } } }))) as Brief;
}

/** `on=2026-11-28&within=12`. */
function addressOf(on: string, within: number | undefined): string {
  const words = new URLSearchParams();
  if (on !== day(new Date())) words.set("on", on);
  if (within) words.set("within", String(within));
  const query = words.toString();
  return `#hom-nay${query && `?${query}`}`;
}

export function Today({ rest }: { rest: string }) {
  const words = new URLSearchParams(rest);
  const today = day(new Date());
  const on = /^20\d\d-\d\d-\d\d$/.test(words.get("on") ?? "") ? words.get("on")! : today;
  const within = Number(words.get("within")) || undefined;
  const brief = useAgain(`brief ${on} ${within}`, () => readBrief(on, within));
  const communes = useAsked("communes-below", async () => (await told(api.GET("/api/v1/units", { params: { query: { level: "commune", within: me.value?.unit_id, limit: 200 } } }))).items.filter((unit) => unit.unit_id !== me.value?.unit_id));
  const go = (next: { on?: string; within?: number | undefined }) => (location.hash = addressOf(next.on ?? on, "within" in next ? next.within : within));
  const beside = (days: number) => day(new Date(Date.parse(`${on}T12:00:00+07:00`) + days * DAY_MS));
  return (
    <>
      <Heading>{brief.told ? `${brief.told.unit_name}: ${dayWithin(on, today)}` : spellDay(on, today)}</Heading>
      <form class="panel asked on-screen" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{t("Ngày", "Day")}</span>
          <input type="date" id="day-on" value={on} max={today} required onChange={(event) => event.currentTarget.value && go({ on: event.currentTarget.value })} />
        </label>
        {communes.told && communes.told.length > 0 && (
          <label>
            <span>{t("Đơn vị", "Unit")}</span>
            <select id="day-within" value={String(within ?? "")} onChange={(event) => go({ within: Number(event.currentTarget.value) || undefined })}>
              <option value="">{t("cả đơn vị của tôi", "my whole unit")}</option>
              {communes.told.map((unit) => <option key={unit.unit_id} value={String(unit.unit_id)}>{unit.name}</option>)}
            </select>
          </label>
        )}
        <div class="deeds days">
          <a class="button quiet small" href={addressOf(beside(-1), within)}>← {t("Hôm trước", "Day before")}</a>
          {on < today && <a class="button quiet small" href={addressOf(beside(1), within)}>{t("Hôm sau", "Day after")} →</a>}
        </div>
      </form>
      {!brief.told ? (brief.why === undefined ? <Loading /> : <Failed why={brief.why} again={brief.again} />) : (
        <>
          <p class="fresh"><Fresh as_of={brief.told.as_of} why={brief.why} /></p>
          <Numbers brief={brief.told} />
          <div class="wall day">
            <div class="parts">
              {brief.told.parts.map((part) => <PartOf key={part.part} part={part} on={on} linked={new Set(communes.told?.map((unit) => unit.unit_id))} />)}
            </div>
            <div class="stack">
              <Message brief={brief.told} />
              {may("read_desk") && <Offices on={on} within={within ?? me.value?.unit_id} />}
            </div>
          </div>
        </>
      )}
    </>
  );
}

/** What the day brought, beside the day before. */
function Numbers({ brief }: { brief: Brief }) {
  const by = brief.steps - brief.steps_before;
  const count = (name: string) => {
    const part = brief.parts.find((one) => one.part === name);
    return part ? part.lines.length + part.more : 0;
  };
  const numbers: [string, string, string?][] = [
    [t("Bước trong ngày", "Steps of the day"), spell(brief.steps)],
    [t("Hôm trước", "Day before"), spell(brief.steps_before)],
    [t("Hơn, kém", "More, less"), by > 0 ? `+${spell(by)}` : by < 0 ? `−${spell(-by)}` : "0", by > 0 ? "good" : by < 0 ? "warn" : undefined],
    [t("Kích hoạt mức 2", "Level 2 active"), spell(brief.activated)],
    [t("Thôn sắp quá bảy ngày", "Villages near seven days"), spell(count("seven_days")), count("seven_days") > 0 ? "warn" : undefined],
    [t("Nơi có số cần xem", "Units in doubt"), spell(count("doubtful")), count("doubtful") > 0 ? "warn" : undefined],
  ];
  return <dl class="counts roomy">{numbers.map(([name, number, tone]) => <div key={name} class={tone}><dt>{name}</dt><dd>{number}</dd></div>)}</dl>;
}

/** Where more of a part is told. */
function moreOf(part: string, on: string): [string, string] | undefined {
  const ofDay = on === day(new Date()) ? { period: "today" } : { from: on, to: on };
  if (part === "moved") return [write({ ...FIRST, ...ofDay, metric: "count" }), t("Bảng của ngày", "The day's board")];
  if (part === "doubtful" || part === "seven_days") return ["#xem-xet", part === "doubtful" ? t("Xem xét", "Judge them") : t("Việc còn lại", "What is left")];
  if (part === "tomorrow") return may("read_reports") ? ["#so-theo-doi", t("Sổ theo dõi", "Registers")] : undefined;
  return undefined;
}

function PartOf({ part, on, linked }: { part: Part; on: string; linked: Set<number> }) {
  const more = moreOf(part.part, on);
  const isGrave = (part.part === "seven_days" || part.part === "doubtful") && part.lines.length > 0;
  return (
    <section class={`panel part${isGrave ? " grave" : ""}`} aria-labelledby={`part-${part.part}`}>
      <div class="panel-head">
        <h2 id={`part-${part.part}`} lang="vi">{part.title}</h2>
        {more && <a class="on-screen" href={more[0]}>{more[1]}</a>}
      </div>
      {part.lines.length === 0 ? <p class="soft" lang="vi">{part.nothing}</p> : (
        <ul class="told">
          {part.lines.map((line, index) => <li key={index} lang="vi">{line.unit_id != null && linked.has(line.unit_id) ? <a href={addressOf(on, line.unit_id)}>{line.text}</a> : line.text}</li>)}
          {part.more > 0 && <li class="soft">{t(`và ${part.more} dòng nữa`, `and ${part.more} more`)}</li>}
        </ul>
      )}
    </section>
  );
}

/** Which parts are told beside the board, one line each. */
const TOLD_FIRST = ["moved", "stalled", "seven_days", "doubtful", "places"];

/** The day in a few lines, beside the board; the view of its own says all. */
export function TodayInShort() {
  const brief = useAgain("brief in short", () => readBrief());
  const title = t("Hôm nay", "Today");
  if (!brief.told) return <Missing title={title} asked={brief} />;
  const { steps, steps_before, parts } = brief.told;
  return (
    <section class="panel" aria-labelledby="today-in-short">
      <div class="panel-head">
        <h2 id="today-in-short">{title}</h2>
        <a class="on-screen" href="#hom-nay">{t("Cả ngày và tin tối", "The whole day, and the message")}</a>
      </div>
      <p><strong>{t(`${spell(steps)} bước`, `${spell(steps)} steps`)}</strong>, {t(`hôm qua ${spell(steps_before)}`, `${spell(steps_before)} yesterday`)}</p>
      <dl class="short">
        {TOLD_FIRST.map((name) => {
          const part = parts.find((one) => one.part === name);
          if (!part) return null;
          const others = part.lines.length + part.more - 1;
          return (
            <div key={name} class={(name === "seven_days" || name === "doubtful") && part.lines.length > 0 ? "grave" : undefined}>
              <dt lang="vi">{part.title}</dt>
              <dd><span lang="vi">{part.lines[0]?.text ?? part.nothing}</span>{others > 0 && <span class="soft">; {t(`và ${others} dòng nữa`, `and ${others} more`)}</span>}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
