"use strict";

const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};

// What scrolls is to be reached by the keyboard too.
function pretty(value) {
  const made = element("pre", JSON.stringify(value, null, 2));
  made.tabIndex = 0;
  return made;
}

function table(rows) {
  const made = element("table");
  for (const cells of rows) {
    const row = element("tr");
    for (const cell of cells) row.append(element("td", cell));
    made.append(row);
  }
  return made;
}

function call(path, verb, operation) {
  const details = element("details");
  const summary = element("summary");
  summary.append(element("span", verb.toUpperCase(), `verb ${verb}`), element("code", path), element("span", operation.summary ?? ""));
  const body = element("div", undefined, "body");
  if (operation.description) body.append(element("p", operation.description));
  if (operation.parameters?.length) {
    body.append(element("h4", "Parameters"), table(operation.parameters.map((p) => [p.name, p.in, p.description ?? ""])));
  }
  const request = operation.requestBody?.content?.["application/json"];
  if (request) body.append(element("h4", "Body"), pretty(request.example ?? {}));
  for (const [status, reply] of Object.entries(operation.responses ?? {})) {
    body.append(element("h4", `${status} ${reply.description ?? ""}`));
    const example = reply.content?.["application/json"]?.example;
    if (example !== undefined && status < 400) body.append(pretty(example));
  }
  details.append(summary, body);
  details.dataset.words = `${verb} ${path} ${operation.summary ?? ""}`.toLowerCase();
  return details;
}

function show(api) {
  document.getElementById("title").textContent = `${api.info.title} ${api.info.version}`;
  document.getElementById("about").textContent = api.info.description ?? "";
  const chapters = new Map();
  for (const [path, verbs] of Object.entries(api.paths)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      if (!["get", "post", "delete"].includes(verb)) continue;
      const tag = operation.tags?.[0] ?? "Others";
      if (!chapters.has(tag)) chapters.set(tag, element("section"));
      chapters.get(tag).append(call(path, verb, operation));
    }
  }
  for (const [tag, section] of chapters) {
    section.prepend(element("h2", tag));
    document.getElementById("calls").append(section);
  }
}

document.getElementById("find").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    let shown = 0;
    for (const details of section.querySelectorAll("details")) {
      details.hidden = !words.every((word) => details.dataset.words.includes(word));
      if (!details.hidden) shown++;
    }
    section.hidden = shown === 0;
  }
});

fetch("openapi.json")
  .then((reply) => (reply.ok ? reply.json() : Promise.reject(new Error(`status ${reply.status}`))))
  .then(show)
  .catch((error) => document.getElementById("calls").append(element("p", `The document could not be read: ${error.message}`)));
