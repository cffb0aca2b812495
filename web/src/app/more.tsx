/** What `later.tsx` fetches: every view but the first two. */
export { Activity } from "./activity.tsx";
export { Appointment } from "./appointment.tsx";
export { Asks } from "./asks.tsx";
export { Badge } from "./badge.tsx";
export { Campaigns } from "./campaigns.tsx";
export { Foreign } from "./foreign.tsx";
export { Help } from "./help.tsx";
export { Ledger } from "./ledger.tsx";
export { Mine } from "./mine.tsx";
