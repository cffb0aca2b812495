/** How many people reached each step, of the same days and the same union. */
import { api, told } from "../api.ts";
import type { Asked as Reading } from "../ask.ts";
import { type Asked, queryOf, STAGES } from "./state.ts";
import { useAgain } from "./views/again.ts";

/** It is a board a step, and everybody in an office asks from one address: it is not read with each change. */
const EVERY_MS = 60_000;

export interface Steps {
  /** In the order of {@link STAGES}. */
  counts: number[];
  as_of: string;
  /** In how large groups they are told, if they are. */
  merged_to: number | null | undefined;
}

/** The sums of the boards of that level, whatever part of one is looked at. */
export function useSteps({ level, period, union }: Pick<Asked, "level" | "period" | "union">): Reading<Steps> {
  return useAgain(`${level} ${period} ${union}`, async () => {
    const boards = await Promise.all(STAGES.map(([stage]) => {
      const query = queryOf({ level, stage, period, metric: "count", union, class: "", rows: 1 });
      return told(api.GET("/api/v1/leaderboards/{level}", { params: { path: { level }, query } }));
    }));
    const { as_of, merged_to } = boards[0]!;
    return { counts: boards.map((board) => board.total.count), as_of, merged_to };
  }, EVERY_MS);
}
