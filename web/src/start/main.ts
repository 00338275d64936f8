// The start page: a room code leads to its room.

import "../shared/page.css";
import "./start.css";

const form = document.querySelector<HTMLFormElement>("#join")!;
const field = document.querySelector<HTMLInputElement>("#code")!;

form.addEventListener("submit", event => {
  event.preventDefault();
  // A whole link is as good as its code.
  const code = field.value.trim().split(/[?#]/)[0]!.split("/").filter(Boolean).at(-1);
  if (code) location.assign(`/meeting/${encodeURIComponent(code)}`);
});

// Not every server has that page: it comes with the program that is all services in one process.
fetch("/try/", { method: "HEAD" }).then(
  reply => { document.querySelector<HTMLElement>("#try")!.hidden = !reply.ok; },
  () => {},
);
