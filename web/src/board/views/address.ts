/** Which board stands behind the #, in the contract's words: an address can be sent, and means the same to whoever opens it. */
import { type Asked, FIRST } from "../state.ts";

/** Boards of units and unions, which are told over a line. */
export const UNIT_LEVELS = ["village", "commune", "district", "union"];
const LEVELS = [...UNIT_LEVELS, "team", "volunteer"];
/** Rows of a page: a screen or two, and a sheet or two of paper. */
const PAGE = 50;

const WORD = /^[a-z0-9_-]{1,40}$/;
const DAY = /^20\d\d-\d\d-\d\d$/;
const UUID = /^[0-9a-f-]{36}$/;
const CURSOR = /^[\w.~+=-]{1,200}$/;

const kept = (text: string | null, shape: RegExp): string | undefined => (text !== null && shape.test(text) ? text : undefined);
const number = (text: string | null): number | undefined => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined);

/** What follows the name of the view: `commune?stage=installed`. Words that mean nothing are as if they were not there. */
export function read(rest: string): Asked {
  const [path, query] = rest.split("?");
  const words = new URLSearchParams(query);
  const get = (name: string) => words.get(name);
  const level = LEVELS.includes(path ?? "") ? path! : FIRST.level;
  const units = get("units");
  return {
    level,
    stage: kept(get("stage"), WORD) ?? FIRST.stage,
    period: kept(get("period"), WORD) ?? periodOf(level),
    metric: kept(get("metric"), WORD) ?? FIRST.metric,
    union: kept(get("mass_union"), WORD) ?? "",
    class: kept(get("class"), WORD) ?? "",
    kind: kept(get("kind"), WORD),
    league: number(get("league")),
    units: units === "today" || units === "then" ? units : undefined,
    basis: kept(get("basis"), WORD),
    around: get("around") === "me" ? "me" : undefined,
    campaign: kept(get("campaign_id"), UUID),
    from: kept(get("from"), DAY),
    to: kept(get("to"), DAY),
    within: number(get("within")),
    revision: number(get("revision")),
    cursor: kept(get("cursor"), CURSOR),
    rows: PAGE,
  };
}

/** Volunteers are compared over a month, everybody else since the start. */
function periodOf(level: string): string {
  return level === "volunteer" ? "month" : FIRST.period;
}

/** The same as an address. */
export function write(one: Asked): string {
  const words = new URLSearchParams();
  const put = (name: string, value: string | number | undefined, otherwise?: string) => {
    if (value !== undefined && value !== "" && value !== otherwise) words.set(name, String(value));
  };
  put("stage", one.stage, FIRST.stage);
  if (one.campaign) put("campaign_id", one.campaign);
  else if (one.from) {
    put("from", one.from);
    put("to", one.to);
  } else put("period", one.period, periodOf(one.level));
  put("metric", one.metric, FIRST.metric);
  put("mass_union", one.union);
  put("class", one.class);
  put("kind", one.kind);
  put("league", one.league);
  put("units", one.units);
  put("basis", one.basis);
  put("around", one.around);
  put("within", one.within);
  put("revision", one.revision);
  put("cursor", one.cursor);
  const query = words.toString();
  return `#xep-hang/${one.level}${query && `?${query}`}`;
}
