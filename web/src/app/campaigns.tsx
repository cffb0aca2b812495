/** The drives that somebody works in: until when, what is to be reached, how the teams fare. */
import { Heading, Loading, Trouble } from "../kit.tsx";
import { day, dayWithin, lower, t } from "../words.ts";
import { daysLeft, type Drive, drives } from "./drives.ts";
import { unitName } from "./pull.ts";
import { shortTime } from "./status.tsx";
import { busy, sync, trouble } from "./sync.ts";
import { figure, percent, spellDaysLeft, stageName, unionName } from "./terms.ts";

/** Beyond this what lies here says little of today. */
const OLD_MS = 24 * 3_600_000;

export function Campaigns() {
  const told = drives.value;
  const isOld = told !== undefined && Date.now() - Date.parse(told.as_of) > OLD_MS;
  return (
    <>
      <Heading>{t("Chiến dịch", "Campaigns")}</Heading>
      {told && <p class={isOld ? "notice" : "under"}>{isOld ? t(`Số liệu này đã cũ, từ ${shortTime(told.as_of)}. Hãy đồng bộ khi có mạng.`, `These figures are old, of ${shortTime(told.as_of)}. Sync once there is a network.`) : t(`Tính đến ${shortTime(told.as_of)}`, `As of ${shortTime(told.as_of)}`)}</p>}
      {!told ? (
        busy.value ? <Loading /> : (
          <>
            {trouble.value !== undefined && <Trouble why={trouble.value} />}
            <p class="soft empty">{t("Chiến dịch chưa về máy: cần có mạng một lần.", "Campaigns are not on the phone yet: they need a network once.")}</p>
            <p><button type="button" class="quiet" onClick={() => void sync()}>{t("Tải về", "Fetch them")}</button></p>
          </>
        )
      ) : told.all.length === 0 ? (
        <p class="soft empty">{t("Đơn vị của bạn chưa có đợt ra quân nào. Khi có, đợt ra quân và chỉ tiêu sẽ hiện ở đây.", "Your unit has no campaign. When one is opened it appears here with its targets.")}</p>
      ) : told.all.map((drive) => <One key={drive.campaign.campaign_id} drive={drive} />)}
      <p><a href="#/">{t("Về việc cần làm", "Back to what is to do")}</a></p>
    </>
  );
}

function One({ drive }: { drive: Drive }) {
  const { campaign, progress, teams, stage } = drive;
  const today = day(new Date());
  const days = daysLeft(campaign, new Date());
  return (
    <section class="drive">
      <h2>{campaign.name}</h2>
      <p><strong class={days >= 0 && days < 3 ? "left hurry" : "left"}>{spellDaysLeft(days)}</strong> <span class="soft">· {t("đến hết", "until")} {dayWithin(campaign.ends_on, today)} · {unitName(campaign.unit_id) || campaign.source}</span></p>
      {progress.length === 0 ? (
        <p class="soft">{t("Đơn vị của bạn chưa được giao chỉ tiêu trong đợt này.", "Your unit has no target in it yet.")}</p>
      ) : (
        <ul class="targets">
          {progress.map(({ target, count, rate_percent }) => (
            <li key={`${target.unit_id}${target.stage}${target.mass_union}`}>
              <strong>{stageName(target.stage)}</strong>
              <span class="soft">{unitName(target.unit_id)} · {unionName(target.mass_union) || t("cả hai đoàn thể", "both unions")}</span>
              <span>{figure(count)} / {figure(target.people)} {t("người", "people")} · {percent(rate_percent)}</span>
              <progress class="bar" max={target.people} value={Math.min(count, target.people)} aria-label={`${stageName(target.stage)}, ${unitName(target.unit_id)}`} />
            </li>
          ))}
        </ul>
      )}
      {teams.length > 0 && (
        <>
          <h3>{t("Các đội", "Teams")} <span class="soft">· {lower(stageName(stage))}</span></h3>
          <table>
            <thead><tr><th class="number">{t("Hạng", "Rank")}</th><th>{t("Đội", "Team")}</th><th class="number">{t("Người dân", "People")}</th></tr></thead>
            <tbody>
              {teams.map((team) => (
                <tr key={team.team_id} class={team.own ? "own" : undefined}>
                  <td class="number">{team.rank}</td>
                  <td><strong>{team.name}</strong><br /><span class="soft">{team.within || unitName(team.unit_id)} · {figure(team.members)} {t("thành viên", "members")}{team.own && ` · ${t("đội của bạn", "your team")}`}</span></td>
                  <td class="number">{team.merged && "≈ "}{figure(team.count)}{team.target != null && <span class="soft"> / {figure(team.target)}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {teams.some((team) => team.merged) && <p class="soft">{t("≈ là số làm tròn đến hàng chục.", "≈ is in whole tens.")}</p>}
        </>
      )}
    </section>
  );
}
