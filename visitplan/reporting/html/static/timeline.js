// The list of runs: one row each, with its strip of time, its table of stops, and the lines of joint visits.
const MOST_LINKED = 150; // with more rows than these, only the lines of open runs are drawn: more would hide the plan
const list = document.getElementById("list");
let span = [0, 1440]; // minutes at both ends of every strip
let stripWidth = 800; // its pixels
const PAPER_WIDTH = 490; // its pixels on A4
const at = (minute) => `${((100 * (minute - span[0])) / (span[1] - span[0])).toFixed(3)}%`;
const wide = (minutes) => `${((100 * Math.max(0, minutes)) / (span[1] - span[0])).toFixed(3)}%`;

/** Draw strips when they come near the window, so that thousands of visits cost nothing until they are seen. */
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) drawStrip(runs[target.dataset.run]);
  },
  { rootMargin: "400px" },
);

function row(run) {
  if (run.row) return run.row;
  const id = `run-${run.number}`;
  const button = make(
    "button",
    { type: "button", "aria-expanded": "false", "aria-controls": id },
    make("b", {}, make("bdi", {}, run.staff)),
    " ",
    make("bdi", {}, named(data.services, run.service)),
    make("br"),
    make("span", {}, inShort(run)),
  );
  run.strip = make("svg", { class: "strip", "aria-hidden": "true", focusable: "false" });
  run.detail = make("div", {
    class: "detail",
    id,
    hidden: true,
    role: "group",
    tabindex: "0",
    "aria-label": `Stops of ${run.id}`,
  });
  const meets = run.visits
    .filter((visit) => visit.joint >= 0)
    .map(
      (visit) =>
        `${visit.home} ${clock(visit.start)} with ${others(visit)
          .map((other) => other.run.staff)
          .join(", ")}`,
    );
  const paper = make("p", { class: "paper" }, ...(meets.length ? [`Joint: ${meets.join("; ")}`] : []));
  run.row = make("li", { class: "run", "data-run": run.number }, button, run.strip, paper, run.detail);
  run.button = button;
  button.addEventListener("click", () => toggle(run));
  run.strip.addEventListener("click", () => toggle(run));
  return run.row;
}

function inShort(run) {
  const day = oneDay ? "" : `${shortDay(run.date)}, `;
  if (!run.visits.length) return `${day}no visits, ${clock(run.shift[0])} to ${clock(run.shift[1])}`;
  return `${day}${counted(run.visits.length, "visit")}, ${clock(run.depart)} to ${clock(run.finish)}`;
}
const oneDay = runs.every((run) => run.date === runs[0].date);
const dated = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
const shortDay = (iso) => dated.format(new Date(`${iso}T12:00Z`));

function drawStrip(run) {
  watcher.unobserve(run.row);
  if (run.drawn === span) return;
  run.drawn = span;
  const [from, to] = run.shift;
  const parts =
    from === null
      ? []
      : [make("rect", { class: "on", x: at(from), width: wide(to - from), y: "10%", height: "80%" })];
  for (const step of steps(run)) parts.push(...drawn(step, run));
  run.strip.replaceChildren(...parts);
}

const DRAWN = {
  travel: (box) => [make("line", { class: "travel", x1: box.x, x2: box.end, y1: "50%", y2: "50%" })],
  wait: (box) => [make("rect", { class: "wait", x: box.x, width: box.width, y: "40%", height: "20%" })],
  break: (box) => [
    make("rect", { class: "pause", x: box.x, width: box.width, y: "28%", height: "44%" }),
    label(box, "break"),
  ],
  visit: (box, visit) => [
    make("rect", {
      class: `visit ${colour(visit.service)}${visit.joint < 0 ? "" : " joint"}`,
      x: box.x,
      width: box.width,
      y: "14%",
      height: "72%",
      rx: 2,
    }),
    label(box, visit.home),
    ...(visit.joint < 0 ? [] : [make("circle", { class: "mark", cx: box.x, cy: "14%", r: 3.5 })]),
  ],
};

function drawn({ kind, start, end, visit }, run) {
  const box = { x: at(start), end: at(end), width: wide(end - start) };
  const dim = visit && run.hits && !run.hits.has(visit);
  const what = visit
    ? `${visit.id} at ${visit.home}${visit.joint < 0 ? "" : `, joint visit ${data.joints[visit.joint][0]}`}`
    : kind;
  return [
    make(
      "g",
      { class: dim ? "dim" : null },
      make("title", {}, `${clock(start)} to ${clock(end)}: ${what}`),
      ...DRAWN[kind](box, visit),
    ),
  ];
}

const LETTER = 6.6; // pixels that a letter of a label takes, and a little over
/** A text inside its box, where it fits: half an id would be the wrong id. */
const label = (box, text) =>
  (parseFloat(box.width) / 100) * stripWidth < LETTER * text.length + 6
    ? ""
    : make("svg", { x: box.x, width: box.width, height: "100%" }, make("text", { x: "50%", y: "50%" }, text));

function toggle(run, open = !run.open) {
  run.open = open;
  run.button.setAttribute("aria-expanded", String(open));
  run.detail.hidden = !open;
  if (open && !run.detail.firstChild) run.detail.append(table(run));
  document.dispatchEvent(new Event("opened"));
}

function table(run) {
  const heads = ["From", "To", "Step", "Household", "Person", "Visit", "Tasks", "Joint visit"];
  const body = steps(run).map((step) => {
    const visit = step.visit;
    const cells = visit
      ? [`${visit.home}, ${named(data.areas, visit.area)}`, visit.person, visit.id, visit.tasks].map((text) =>
          make("td", {}, make("bdi", {}, text)),
        )
      : [make("td", { colspan: 4 })];
    const kind = visit ? named(data.services, visit.service) : step.kind;
    return make(
      "tr",
      {},
      make("td", {}, clock(step.start)),
      make("td", {}, clock(Math.round(step.end))),
      make("th", { scope: "row" }, kind),
      ...cells,
      make("td", {}, ...(visit && visit.joint >= 0 ? met(visit) : [])),
    );
  });
  return make(
    "table",
    {},
    make(
      "caption",
      {},
      make("bdi", {}, run.id),
      `, ${named(data.organisations, run.organisation)}: ${run.hours} hours worked, ${run.travel} minutes on the road, ${run.wait} waiting, ${run.overtime} over time; ${run.km} km`,
    ),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...body),
  );
}

const others = (visit) => partners.get(visit.joint).filter((other) => other !== visit);

/** Say of a visit with whom it is joint, with a way to each partner's run. */
function met(visit) {
  const [id, mode, lead, withFamily, toldOnce] = data.joints[visit.joint];
  const said = [
    make("bdi", {}, id),
    `, ${mode}${lead === visit.id ? ", leads" : ""}${withFamily ? ", family there" : ""}${toldOnce ? `; told once: ${toldOnce}` : ""}; with `,
  ];
  for (const other of others(visit)) {
    const button = make(
      "button",
      { type: "button" },
      make("bdi", {}, other.run.staff),
      ` at ${clock(other.start)}`,
    );
    button.addEventListener("click", () =>
      document.dispatchEvent(new CustomEvent("reveal", { detail: other.run })),
    );
    said.push(button, " ");
  }
  return said;
}

function drawAxis() {
  const [first, last] = span;
  const every = (last - first) / 60 > 18 ? 180 : innerWidth < 480 ? 240 : innerWidth < 720 ? 120 : 60;
  const marks = [];
  for (let minute = Math.ceil(first / every) * every; minute < last; minute += every)
    marks.push(
      make(
        "text",
        {
          x: at(minute),
          y: "70%",
          class: `${(minute / every) % 2 ? "odd" : ""} ${minute === first ? "first" : ""}`,
        },
        clock(minute),
      ),
    );
  document.getElementById("axis").replaceChildren(make("svg", {}, ...marks));
}

/** How far below the window's top the marks of a run's joint visits are. */
function markHeight(run) {
  const box = run.strip.getBoundingClientRect();
  return box.top + 0.14 * box.height;
}

/** Join the visits of each joint visit whose runs are listed. */
function drawLinks(shown) {
  document.querySelector(".links")?.remove();
  const here = new Set(shown);
  const top = list.getBoundingClientRect().top;
  const lines = [];
  for (const visits of partners.values()) {
    const met = visits.filter((visit) => here.has(visit.run));
    if (met.length < 2 || (shown.length > MOST_LINKED && !met.some((visit) => visit.run.open))) continue;
    const ends = met.map((visit) => [at(visit.start), markHeight(visit.run) - top]);
    ends.sort((a, b) => a[1] - b[1]);
    for (let k = 1; k < ends.length; k++)
      lines.push(make("line", { x1: ends[k - 1][0], y1: ends[k - 1][1], x2: ends[k][0], y2: ends[k][1] }));
  }
  list.after(make("svg", { class: "links", "aria-hidden": "true", focusable: "false" }, ...lines));
}

/** Draw every strip that is listed, with the labels that fit on paper. */
function drawForPaper(shown) {
  stripWidth = PAPER_WIDTH;
  span = [...span]; // so that strips are drawn anew
  shown.forEach(drawStrip);
}

/** List these runs, on one scale that holds them all. */
function showRuns(shown) {
  const ends = shown
    .flatMap((run) => [run.depart, run.finish, ...run.shift])
    .filter((minute) => minute !== null);
  span = ends.length
    ? [Math.floor(Math.min(...ends) / 60) * 60, Math.ceil(Math.max(...ends) / 60) * 60]
    : [0, 1440];
  watcher.disconnect();
  list.className = shown.length > MOST_LINKED ? "long" : "";
  list.replaceChildren(...shown.map(row));
  if (shown.length) {
    stripWidth = shown[0].strip.getBoundingClientRect().width;
    list.style.setProperty("--height", `${shown[0].button.getBoundingClientRect().height + 1}px`); // of rows not laid out yet
  }
  for (const run of shown) watcher.observe(run.row);
  drawAxis();
  drawLinks(shown);
}
