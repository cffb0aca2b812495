/** The cell of a table that shows how long a row's value is beside the longest: for eyes only, the number stands beside it. */
export function Share({ value, most }: { value: number; most: number }) {
  return (
    <td class="share" aria-hidden="true">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" width="100%" height="10"><rect width="100" height="10" rx="2" class="ground" /><rect width={(100 * value) / most} height="10" rx="2" /></svg>
    </td>
  );
}
