import { HMSLogLevel } from "@100mslive/react-sdk";
import { HMSPrebuilt, type HMSPrebuiltRefType } from "@100mslive/roomkit-react";
import { memo, useEffect, useRef } from "react";

import { server } from "../shared/server";
import type { ColorScheme } from "./colorScheme";
import { themes } from "./themes";

// The client takes the text behind the first "https://" of this address and fails without one; only its origin is used.
const init = server.startsWith("https://") ? server : `${server}/#https://`;

const options = {
  endpoints: {
    init,
    tokenByRoomCode: `${server}/v2/token`,
    roomLayout: `${server}/v2/layouts/ui`,
    event: server,
  },
};

/** Prebuilt with every endpoint at this server. Each rendering makes it a new theme, hence the memo. */
const Prebuilt = memo(({ token, scheme }: { token: string; scheme: ColorScheme }) => {
  const room = useRef<HMSPrebuiltRefType>(null);
  useEffect(() => {
    // The client tells everything by default, tokens included.
    room.current?.hmsActions.setLogLevel(HMSLogLevel.WARN);
  }, []);
  return <HMSPrebuilt ref={room} authToken={token} options={options} themes={themes[scheme]} />;
});

export default Prebuilt;
