/** What somebody keeps open is looked at again, and says when it could not be. */
import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Looks again every so often, when the page is seen again and when the network is back. Gives when the last
 * answer came, if the one after it did not.
 */
export function useWatch(on: boolean, everyMs: number, look: () => Promise<void>): Date | undefined {
  const [lost, setLost] = useState(false);
  const heard = useRef(new Date());
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!on) return;
    heard.current = new Date();
    setLost(false);
    const again = async () => {
      if (document.hidden) return;
      try {
        await latest.current();
        heard.current = new Date();
        setLost(false);
      } catch {
        setLost(true);
      }
    };
    const seen = () => void again();
    const timer = setInterval(seen, everyMs);
    document.addEventListener("visibilitychange", seen);
    addEventListener("online", seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("online", seen);
    };
  }, [on, everyMs]);
  return on && lost ? heard.current : undefined;
}
