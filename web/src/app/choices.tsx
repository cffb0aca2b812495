/** Pieces for choosing with a thumb. */
import type { ComponentChildren } from "preact";

interface PickProps<V extends string> {
  /** Names the group in the form. */
  name: string;
  label: string;
  value: V | undefined;
  options: [V, string][];
  chosen: (value: V) => void;
  children?: ComponentChildren;
}

/** One of a few, all of them in sight. */
export function Pick<V extends string>({ name, label, value, options, chosen, children }: PickProps<V>) {
  return (
    <fieldset class="pick">
      <legend>{label}</legend>
      <div class="options">
        {options.map(([option, words]) => (
          <label key={option}>
            <input type="radio" name={name} value={option} checked={value === option} onChange={() => chosen(option)} />
            <span>{words}</span>
          </label>
        ))}
      </div>
      {children}
    </fieldset>
  );
}

/** A big thing that is either so or not. */
export function Toggle({ on, toggle, children }: { on: boolean; toggle: () => void; children: ComponentChildren }) {
  return <button type="button" class="toggle" aria-pressed={on} onClick={toggle}>{children}</button>;
}
