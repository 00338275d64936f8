import { lazy, Suspense, useEffect, useState } from "react";

import { exchangeCode, explain, type Grant } from "../shared/server";
import { Boundary } from "./Boundary";
import { useColorScheme } from "./colorScheme";
import { Notice } from "./Notice";

// Asked for at once, as it is large: it loads while the code is exchanged.
const loading = import("./Prebuilt");
// Until somebody waits for it, nobody hears that it failed; then the boundary does.
loading.catch(() => {});
const Prebuilt = lazy(() => loading);

// The same person after a reload, another one in another tab.
const userKey = "livestream.user";
const userId = (): string => {
  const id = sessionStorage.getItem(userKey) ?? crypto.randomUUID();
  sessionStorage.setItem(userKey, id);
  return id;
};

type State = { grant: Grant } | { error: unknown } | null;

/** From the link to the room, or to a page that says why not. */
export function Meeting({ code }: { code: string }) {
  const [state, setState] = useState<State>(null);
  const [attempt, setAttempt] = useState(0);
  const scheme = useColorScheme();

  useEffect(() => {
    let current = true;
    setState(null);
    exchangeCode(code, window.isSecureContext ? userId() : undefined).then(
      grant => current && setState({ grant }),
      error => current && setState({ error }),
    );
    return () => {
      current = false;
    };
  }, [code, attempt]);

  if (!window.isSecureContext) {
    return <Notice title="Open this page by https" text="Browsers give a page camera and microphone on https and on localhost only." />;
  }
  if (state === null) return <Waiting />;
  if ("error" in state) {
    const { title, text, retry } = explain(state.error);
    return <Notice title={title} text={text} onButton={retry ? () => setAttempt(attempt + 1) : undefined} />;
  }
  return (
    <Boundary>
      <Suspense fallback={<Waiting />}>
        <Prebuilt token={state.grant.token} scheme={scheme} />
      </Suspense>
    </Boundary>
  );
}

function Waiting() {
  return (
    <main className="card-page">
      <div className="waiting" role="status">
        <div className="spinner" />
        Opening the room …
      </div>
    </main>
  );
}
