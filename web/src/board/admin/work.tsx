/** Everything that a volunteer was ever given: by whom, until when, and where it went. */
import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Dialog } from "../../dialog.tsx";
import { Loading } from "../../kit.tsx";
import { spellTime, t } from "../../words.ts";
import { PAGE, readAll } from "./lists.ts";
import { type Account, nameOfAccount, type People } from "./people.ts";
import { Failed, useSome } from "./pieces.tsx";
import { labelOf, type Units } from "./units.ts";

export function Work({ who, people, units, close }: { who: Account; people: People; units: Units; close: () => void }) {
  const { account_id } = who;
  const list = useAsked(`work ${account_id}`, () => readAll((cursor) => told(api.GET("/api/v1/assignments", { params: { query: { account_id, over_too: true, cursor, limit: PAGE } } }))));
  const { some, more } = useSome([...(list.told?.rows ?? [])].reverse());
  return (
    <Dialog title={t(`Phân công của ${who.name}`, `Assignments of ${who.name}`)} close={close} wide>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : some.length === 0 ? <p class="empty">{t("Chưa được giao thôn nào.", "Was never given a village.")}</p> : (
        <>
          <ul class="cases">
            {some.map((one) => {
              const isOver = one.ended_at != null || (one.until_at != null && Date.parse(one.until_at) <= Date.now());
              return (
                <li key={one.assignment_id}>
                  <p><strong>{labelOf(units, one.village_id)}</strong> {!isOver && <span class="badge good">{t("đang phụ trách", "at present")}</span>}<br />
                    <span class="soft">{t("Từ", "From")} {spellTime(one.begun_at)}, {one.came_by ? t("nhận bàn giao, do", "handed over by") : t("do", "given by")} {nameOfAccount(people, one.begun_by)}
                      {one.ended_at && <>; {t("đến", "until")} {spellTime(one.ended_at)}, {one.went_by ? t("bàn giao đi, do", "handed on by") : t("dừng bởi", "ended by")} {one.ended_by && nameOfAccount(people, one.ended_by)}</>}
                      {!one.ended_at && one.until_at && <>; {t("đến", "until")} {spellTime(one.until_at)}</>}.</span></p>
                </li>
              );
            })}
          </ul>
          {more}
        </>
      )}
    </Dialog>
  );
}
