/** What `later.tsx` fetches: every view but the first ones, and pieces of those that are not seen at once. */
export { Activity } from "./activity.tsx";
export { Again } from "./again-in.tsx";
export { Appointment } from "./appointment.tsx";
export { Asks } from "./asks.tsx";
export { Badge } from "./badge.tsx";
export { ByCard } from "./by-card.tsx";
export { Camera } from "./camera.tsx";
export { Campaigns } from "./campaigns.tsx";
export { Foreign } from "./foreign.tsx";
export { Help } from "./help.tsx";
export { Ledger } from "./ledger.tsx";
export { Mine } from "./mine.tsx";
export { ByCode, NewPassword } from "./new-password.tsx";
export { NotesOf } from "./notes.tsx";
export { Outside } from "../inside.tsx";
export { Rights } from "./rights.tsx";
export { WrongData } from "./wrong-data.tsx";
