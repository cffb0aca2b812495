/** Who works which village: given, ended, handed over; whose work lies still because they were stopped stands first. */
import { useState } from "preact/hooks";

import { api, type Schemas, told, uuid } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { nameOf, spell } from "../state.ts";
import { Assign } from "./assign.tsx";
import { Caretaker } from "./caretaker.tsx";
import { HandOver } from "./hand-over.tsx";
import { fits, PAGE, readAll } from "./lists.ts";
import { type Account, membersOf, nameOfAccount, type People, UNIONS, usePeople } from "./people.ts";
import { Cut, Done, Failed, UnitOptions, useSome } from "./pieces.tsx";
import { Transfers } from "./transfers.tsx";
import { communesOf, isWithin, labelOf, nameOfUnit, shorten, type Units, useUnits } from "./units.ts";
import { Work } from "./work.tsx";

export type Assignment = Schemas["VillageAssignment"];

type Question = { kind: "assign" | "care" | "hand-over" | "work"; who: Account };

export interface Volunteer {
  account: Account;
  villages: Assignment[];
}

export function Assignments() {
  const [within, setWithin] = useState("");
  const [typed, type] = useState("");
  const [asks, ask] = useState<Question>();
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run } = useDeed();
  const units = useUnits();
  const unit_id = Number(within) || me.value?.unit_id;
  const people = usePeople(unit_id);
  const list = useAsked(`assignments ${unit_id}`, () => readAll((cursor) => told(api.GET("/api/v1/assignments", { params: { query: { unit_id, cursor, limit: PAGE } } }))));
  const [round, setRound] = useState(0);
  const changed = (next: typeof done) => {
    ask(undefined);
    setDone(next);
    list.again();
    setRound((before) => before + 1);
  };
  const end = (one: Assignment) =>
    run(async () => {
      await told(api.DELETE("/api/v1/assignments/{assignment_id}", { params: { path: { assignment_id: one.assignment_id } } }));
      const village = nameOfUnit(units.told, one.village_id);
      const who = nameOfAccount(people.told, one.account_id);
      const key = uuid();
      const back = () => run(async () => {
        const until_on = one.until_at ? lastDayOf(one.until_at) : undefined;
        await told(api.POST("/api/v1/assignments", { params: { header: { "Idempotency-Key": key } }, body: { account_id: one.account_id, village_ids: [one.village_id], until_on } }));
        changed({ said: t(`${who} lại phụ trách ${village}.`, `${who} works ${village} again.`) });
      });
      const account = people.told?.by.get(one.account_id);
      changed({ said: t(`${who} thôi phụ trách ${village}. Những gì đã ghi vẫn của họ.`, `${who} works ${village} no longer. What was recorded stays theirs.`), ...(account && goesOn(account) && { undo: () => void back() }) });
    });
  const missing = list.why ?? people.why ?? units.why;
  if (!list.told || !people.told || !units.told) {
    return <section class="panel">{missing === undefined ? <Loading /> : <Failed why={missing} again={() => { list.again(); people.again(); units.again(); }} />}</section>;
  }
  const workers = join(people.told, list.told.rows);
  const stranded = workers.filter((one) => !goesOn(one.account) && one.villages.length > 0);
  const working = workers.filter((one) => goesOn(one.account));
  const found = working.filter((one) => typed.trim() === "" || fits(typed, `${one.account.name} ${one.account.unit_label}`) || one.villages.some((village) => fits(typed, labelOf(units.told, village.village_id))));
  const beyond = list.told.rows.filter((one) => !people.told!.by.has(one.account_id)).length;
  const row = (one: Volunteer) => <Row key={one.account.account_id} one={one} units={units.told!} busy={busy} ask={ask} end={(village) => void end(village)} />;
  return (
    <>
      <h1 class="unseen">{t("Phân công và bàn giao", "Assignments and handing over")}</h1>
      <Trouble why={asks ? undefined : why} />
      <Done said={done?.said} undo={done?.undo} busy={busy} />
      {stranded.length > 0 && (
        <section class="panel stranded" aria-labelledby="stranded">
          <h2 id="stranded">{t("Đã nghỉ mà còn việc", "Gone, with work left")}</h2>
          <p class="warn">{t("Không ai làm tiếp những thôn này cho đến khi được bàn giao.", "Nobody goes on in these villages until they are handed over.")}</p>
          <ul class="cases">{stranded.map(row)}</ul>
        </section>
      )}
      <div class="halves">
        <section class="panel" aria-labelledby="workers">
          <h2 id="workers">{t("Ai phụ trách thôn nào", "Who works which village")}</h2>
          <div class="filters-row">
            {communesOf(units.told).length > 1 && <Choice id="work-within" label={t("Đơn vị", "Unit")} value={within} chosen={setWithin}><UnitOptions communes={communesOf(units.told)} /></Choice>}
            <Field id="work-find" label={t("Tìm người hay thôn", "Find a name or a village")} value={typed} typed={type} />
          </div>
          <Note about={t("Phân công làm được gì?", "What does it do?")}>
            <p>{t("Người phụ trách thấy danh sách việc của thôn mình trước; không ai bị chặn ghi nhận ở thôn khác trong xã. Số đã ghi và thành tích không đổi khi bàn giao. Mỗi người tối đa 20 thôn.", "Whoever works a village sees its worklists first; nobody is kept from recording elsewhere in the commune. What was recorded, and whose it is, never changes by handing over. At most 20 villages each.")}</p>
          </Note>
          <Cut isAll={list.told.isAll && people.told.isAll} count={PAGE * 10} />
          {beyond > 0 && <p class="soft">{t(`${spell(beyond)} lượt phân công khác là của người ở cấp khác.`, `${spell(beyond)} more are of somebody of another level.`)}</p>}
          <Found found={found} isAny={working.length > 0} row={row} />
        </section>
        <div class="stack">
          <Unassigned units={units.told} within={unit_id!} rows={list.told.rows} />
          <Transfers key={round} people={people.told} units={units.told} undone={() => changed({ said: t("Đã hoàn tác lần bàn giao: mọi thôn về người cũ.", "The handing over is undone: all is where it was.") })} />
        </div>
      </div>
      {asks?.kind === "assign" && <Assign who={asks.who} has={list.told.rows.filter((one) => one.account_id === asks.who.account_id)} units={units.told} close={() => ask(undefined)} done={(said) => changed({ said })} />}
      {asks?.kind === "hand-over" && <HandOver from={workers.find((one) => one.account.account_id === asks.who.account_id)!} people={people.told} units={units.told} close={() => ask(undefined)} done={(said) => changed({ said })} />}
      {asks?.kind === "care" && <Caretaker who={asks.who} units={units.told} close={() => ask(undefined)} />}
      {asks?.kind === "work" && <Work who={asks.who} people={people.told} units={units.told} close={() => ask(undefined)} />}
    </>
  );
}

/** The last day of an assignment, by its end at midnight. */
function lastDayOf(until: string): string {
  return new Date(Date.parse(until) - 1 + 7 * 3_600_000).toISOString().slice(0, 10);
}

/** Volunteers with what they work; and whoever works something and is none any more. */
function join(people: People, rows: Assignment[]): Volunteer[] {
  return membersOf(people)
    .map((account) => ({ account, villages: rows.filter((row) => row.account_id === account.account_id) }))
    .filter(({ account, villages }) => account.role === "volunteer" || villages.length > 0);
}

/** Work goes on only with volunteers who are not stopped. */
function goesOn({ role, state }: Account): boolean {
  return role === "volunteer" && state !== "disabled";
}

function Found({ found, isAny, row }: { found: Volunteer[]; isAny: boolean; row: (one: Volunteer) => preact.JSX.Element }) {
  const { some, more } = useSome(found, 30);
  if (found.length === 0) return <p class="empty">{isAny ? t("Không có ai như vậy.", "Nobody is like that.") : t("Chưa có tình nguyện viên nào. Mời họ ở mục Tài khoản.", "There is no volunteer yet. Invite them under Accounts.")}</p>;
  return (
    <>
      <ul class="cases">{some.map(row)}</ul>
      {more}
    </>
  );
}

interface RowProps {
  one: Volunteer;
  units: Units;
  busy: boolean;
  ask: (question: Question) => void;
  end: (village: Assignment) => void;
}

function Row({ one: { account, villages }, units, busy, ask, end }: RowProps) {
  const isStopped = !goesOn(account);
  const of = <span class="unseen"> {account.name}</span>;
  return (
    <li class="worker">
      <p><strong>{account.name}</strong> {isStopped && <span class="badge grave">{account.state === "disabled" ? t("đã dừng", "stopped") : t("không còn là tình nguyện viên", "no volunteer any more")}</span>}{account.state === "invited" && !isStopped && <span class="badge calm">{t("chưa đăng nhập", "not signed in yet")}</span>}<br /><span class="soft">{nameOf(UNIONS, account.mass_union)}, {shorten(account.unit_label)}</span></p>
      {villages.length === 0 ? <p class="soft">{t("Chưa phụ trách thôn nào.", "Works no village.")}</p> : (
        <ul class="chips">
          {villages.map((village) => (
            <li key={village.assignment_id}>
              <span>{nameOfUnit(units, village.village_id)}{village.until_at && <span class="soft"> {t("đến", "until")} {spellTime(village.until_at)}</span>}</span>
              <button type="button" class="chip-end" disabled={busy} onClick={() => end(village)} aria-label={t(`Thôi giao ${nameOfUnit(units, village.village_id)} cho ${account.name}`, `End ${nameOfUnit(units, village.village_id)} of ${account.name}`)}>×</button>
            </li>
          ))}
        </ul>
      )}
      <p class="deeds">
        {!isStopped && <button type="button" class="quiet small" onClick={() => ask({ kind: "assign", who: account })}>{t("Giao thôn", "Give villages")}{of}</button>}
        {!isStopped && may("read_worklists") && <button type="button" class="quiet small" onClick={() => ask({ kind: "care", who: account })}>{t("Giao từng người", "Single people")}{of}</button>}
        <button type="button" class={isStopped ? "small" : "quiet small"} onClick={() => ask({ kind: "hand-over", who: account })}>{t("Bàn giao", "Hand over")}{of}</button>
        <button type="button" class="quiet small" onClick={() => ask({ kind: "work", who: account })}>{t("Lịch sử", "History")}{of}</button>
      </p>
    </li>
  );
}

/** Villages that nobody works. */
function Unassigned({ units, within, rows }: { units: Units; within: number; rows: Assignment[] }) {
  const taken = new Set(rows.map((row) => row.village_id));
  const villages = [...units.values()].filter((one) => one.level === "village" && isWithin(units, one.unit_id, within));
  const left = villages.filter((one) => !taken.has(one.unit_id));
  return (
    <section class="panel" aria-labelledby="unassigned">
      <h2 id="unassigned">{t("Thôn chưa có người phụ trách", "Villages that nobody works")}</h2>
      {left.length === 0 ? <p class="empty good">{t("Thôn nào cũng có người.", "Every village has somebody.")}</p> : (
        <details class="history">
          <summary>{t(`${spell(left.length)} trên ${spell(villages.length)} thôn, khu phố`, `${spell(left.length)} of ${spell(villages.length)} villages`)}{me.value?.role === "lead" && t(" (tính người của đoàn, hội mình)", " (of your own union)")}</summary>
          <ul class="columns">{left.map((one) => <li key={one.unit_id}>{labelOf(units, one.unit_id)}</li>)}</ul>
        </details>
      )}
    </section>
  );
}
