/** A view of several parts, of which everybody sees those that they may use. */
import { may } from "../session.ts";
import { parts } from "./shown.ts";

export interface Part {
  name: string;
  /** With what stands behind its address, part by part. */
  show: (props: { rest: string[] }) => preact.JSX.Element | null;
  right: string;
}

/** The part that the address asks for, or else the first, under the names of all. */
export function Parts({ name, all }: { name: string; all: Record<string, Part> }) {
  const [view, wanted, ...rest] = parts.value;
  const mine = Object.entries(all).filter(([, part]) => may(part.right));
  const [address, { show: Part }] = mine.find(([address]) => address === wanted) ?? mine[0]!;
  return (
    <>
      <nav class="steps" aria-label={name}>
        {mine.map(([one, { name }]) => <a key={one} href={`#${view}/${one}`} aria-current={one === address ? "page" : undefined}>{name}</a>)}
      </nav>
      <Part key={address} rest={rest} />
    </>
  );
}
