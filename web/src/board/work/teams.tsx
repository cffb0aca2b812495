/** Teams of a campaign within one's unit: formed, changed, given targets, disbanded. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { nameOfAccount, usePeople } from "../admin/people.ts";
import { Done } from "../admin/pieces.tsx";
import { labelOf, type Units } from "../admin/units.ts";
import { Listed, usePaged } from "../paged.tsx";
import { nameOf, spell } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { WHOSE } from "./campaign-targets.tsx";
import type { Campaign } from "./campaigns.tsx";
import { TeamForm } from "./team-form.tsx";
import { type Aimed, putTeamTarget, SetTeamTarget, TeamTargets } from "./team-targets.tsx";

export type Team = Schemas["Team"];

const PAGE = 50;

export function Teams({ campaign, units }: { campaign: Campaign; units: Units }) {
  const [asks, ask] = useState<Team | "new">();
  const [aiming, aim] = useState<Aimed>();
  const [ending, end] = useState<string>();
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run } = useDeed();
  const people = usePeople(undefined);
  const path = { campaign_id: campaign.campaign_id };
  const list = usePaged(`teams ${campaign.campaign_id}`, (cursor) => told(api.GET("/api/v1/campaigns/{campaign_id}/teams", { params: { path, query: { cursor, limit: PAGE } } })));
  const targets = usePaged(`team targets ${campaign.campaign_id}`, (cursor) => told(api.GET("/api/v1/campaigns/{campaign_id}/teams/progress", { params: { path, query: { cursor, limit: PAGE } } })));
  const isOpen = campaign.state !== "closed";
  const written = (said: string, undo?: () => void) => {
    ask(undefined);
    aim(undefined);
    setDone({ said, ...(undo && { undo }) });
    list.again();
    targets.again();
  };
  const disband = (team: Team) =>
    run(async () => {
      await told(api.DELETE("/api/v1/teams/{team_id}", { params: { path: { team_id: team.team_id } } }));
      written(t(`Đã giải thể ${team.name}; những gì đã ghi vẫn còn.`, `${team.name} is disbanded; what was recorded stays.`));
    });
  return (
    <section class="panel" aria-labelledby="teams">
      <div class="panel-head">
        <h2 id="teams">{t("Các đội", "Teams")}</h2>
        <div class="deeds">
          {isOpen && people.told && <button type="button" class="small" onClick={() => ask("new")}>{t("Lập đội", "Form a team")}</button>}
          <a class="button quiet small" href={`#xep-hang/team?campaign_id=${campaign.campaign_id}`}>{t("Bảng xếp hạng đội", "Ranks of teams")}</a>
          <TakeList asked={{ table: "teams", campaign_id: campaign.campaign_id }} title={t("Các đội, có tên thành viên", "Teams, with their members' names")} />
        </div>
      </div>
      <p class="soft">{t("Mỗi đội gồm người của một đoàn thể trong một xã; mỗi người chỉ ở một đội của đợt.", "A team is of one union and one commune; nobody is in two teams of a campaign.")}</p>
      <Trouble why={why ?? people.why} />
      <Done said={done?.said} undo={done?.undo} busy={busy} />
      <Listed list={list} empty={t("Chưa có đội nào.", "There is no team yet.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((team) => (
              <li key={team.team_id}>
                <p><strong>{team.name}</strong><br /><span class="soft">{nameOf(WHOSE, team.mass_union)}, {labelOf(units, team.unit_id)}; {t(`${spell(team.account_ids.length)} người`, `${spell(team.account_ids.length)} people`)}{people.told && `: ${team.account_ids.map((id) => nameOfAccount(people.told, id)).join(", ")}`}</span></p>
                {isOpen && (
                  <p class="deeds">
                    {people.told && <button type="button" class="quiet small" onClick={() => ask(team)}>{t("Đổi tên, thành viên", "Change name or members")}<span class="unseen"> {team.name}</span></button>}
                    <button type="button" class="quiet small" onClick={() => aim({ team_id: team.team_id, name: team.name })}>{t("Giao chỉ tiêu", "Set a target")}<span class="unseen"> {team.name}</span></button>
                    {ending === team.team_id ? (
                      <>
                        <button type="button" class="quiet small danger" disabled={busy} onClick={() => void disband(team)}>{t("Giải thể thật", "Yes, disband it")}</button>
                        <button type="button" class="quiet small" onClick={() => end(undefined)}>{t("Thôi", "No")}</button>
                      </>
                    ) : <button type="button" class="quiet small" onClick={() => end(team.team_id)}>{t("Giải thể", "Disband")}<span class="unseen"> {team.name}</span></button>}
                  </p>
                )}
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <TeamTargets list={targets} units={units} change={isOpen ? aim : undefined} />
      {aiming && (
        <SetTeamTarget
          aimed={aiming} campaign={campaign} close={() => aim(undefined)}
          written={(said, removed) => written(said, removed && (() => void run(async () => {
            await putTeamTarget(campaign, removed);
            written(t("Chỉ tiêu đã trở lại như trước.", "The target is as it was."));
          })))}
        />
      )}
      {asks !== undefined && people.told && <TeamForm team={asks === "new" ? undefined : asks} campaign={campaign} people={people.told} units={units} close={() => ask(undefined)} written={written} />}
    </section>
  );
}
