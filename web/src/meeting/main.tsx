// Entry of the meeting page: a code becomes a token, the token opens Prebuilt.

import "./nonce";
import "./senderParameters";
import "../shared/page.css";
import "./meeting.css";

import { createRoot } from "react-dom/client";

import { Meeting } from "./Meeting";
import { codeOfPath } from "../shared/server";

createRoot(document.getElementById("root")!).render(<Meeting code={codeOfPath()} />);
