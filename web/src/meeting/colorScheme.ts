import { useEffect, useState } from "react";

export type ColorScheme = "light" | "dark";

const light = matchMedia("(prefers-color-scheme: light)");

const wanted = (): ColorScheme => {
  const asked = new URLSearchParams(location.search).get("theme");
  if (asked === "light" || asked === "dark") return asked;
  return light.matches ? "light" : "dark";
};

/** What `?theme=` asks for, else what the system does, also while the page is open. */
export function useColorScheme(): ColorScheme {
  const [scheme, setScheme] = useState(wanted);
  useEffect(() => {
    const follow = () => setScheme(wanted());
    light.addEventListener("change", follow);
    return () => light.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = scheme;
  }, [scheme]);
  return scheme;
}
