/** Every board there is: of units, of unions, of a campaign's teams, of volunteers. */
import { useEffect } from "preact/hooks";

import { may } from "../../session.ts";
import { t } from "../../words.ts";
import { asked } from "../state.ts";
import { read, UNIT_LEVELS, write } from "./address.ts";
import { Asking } from "./asking.tsx";
import { BOARDS } from "./lists.ts";
import { Teams } from "./teams.tsx";
import { UnitBoard } from "./unit-board.tsx";
import { OwnWork, Volunteers } from "./volunteers.tsx";

export function Boards({ rest }: { rest: string }) {
  const one = read(rest);
  const isOfUnits = UNIT_LEVELS.includes(one.level);
  // What is followed is set before anything follows it.
  if (isOfUnits && JSON.stringify(asked.peek()) !== JSON.stringify(one)) asked.value = one;
  useEffect(() => {
    // On a phone the row of boards is wider than it.
    document.querySelector(".levels [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
    window.scrollTo(0, 0);
  }, [one.level, one.cursor]);
  const shown = BOARDS.filter(([level]) => level !== "volunteer" || may("read_volunteers") || may("record_work"));
  return (
    <>
      <h1 class="unseen">{t("Xếp hạng", "Ranks")}</h1>
      <nav class="levels" aria-label={t("Bảng của ai", "Whose board")}>
        {shown.map(([level, name]) => <a key={level} href={write({ ...read(level), stage: one.stage })} aria-current={level === one.level ? "page" : undefined}>{name}</a>)}
      </nav>
      <Asking one={one} />
      {isOfUnits && <UnitBoard one={one} />}
      {one.level === "team" && <Teams key={one.campaign} one={one} />}
      {one.level === "volunteer" && (
        <>
          {may("read_volunteers") && <Volunteers one={one} />}
          {may("record_work") && <OwnWork one={one} />}
        </>
      )}
    </>
  );
}
