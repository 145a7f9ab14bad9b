// The page: filters, what they pick, and what belongs together.
const form = document.getElementById("filters");
let shown = [];

function wish() {
  const values = Object.fromEntries(new FormData(form));
  for (const name of ["household", "search"]) values[name] = values[name].trim().toLowerCase();
  return { ...values, idle: form.elements.idle.checked };
}

function options(name, pairs) {
  form.elements[name].append(...pairs.map(([value, text]) => make("option", { value }, text)));
}

function fill() {
  const days = [...new Set(runs.map((run) => run.date))].sort();
  options("day", [
    ...days.map((day) => [day, shortDay(day)]),
    ...(days.length > 1 ? [["", "All days"]] : []),
  ]);
  const byName = (texts) => texts.map((text, k) => [k, text]).sort((a, b) => (a[1] < b[1] ? -1 : 1));
  options("area", byName(data.areas));
  options("service", byName(data.services));
  options("organisation", byName(data.organisations));
  options(
    "staff",
    [...new Set(runs.map((run) => run.staff))].sort().map((staff) => [staff, staff]),
  );
  document.getElementById("homes").append(...data.homes.map(([home]) => make("option", { value: home })));
}

function legend() {
  const line = (children, text) => make("li", {}, make("svg", { "aria-hidden": "true" }, ...children), text);
  const bar = (name) => make("rect", { class: name, x: 2, y: 2, width: 32, height: 13, rx: 2 });
  const parts = data.services.map((service, k) => line([bar(`visit ${colour(k)}`)], service));
  parts.push(
    line([bar("visit joint c7"), make("circle", { class: "mark", cx: 3, cy: 4, r: 3.5 })], "joint visit"),
  );
  parts.push(line([make("line", { class: "travel", x1: 2, x2: 34, y1: 9, y2: 9 })], "travel"));
  parts.push(
    line([make("rect", { class: "wait", x: 2, y: 6, width: 32, height: 6 })], "wait"),
    line([bar("pause")], "break"),
  );
  document.getElementById("legend").append(...parts);
}

/** Hide the unassigned and the covered visits that the filters leave out; give how many unassigned are left. */
function filterLeftOut(now) {
  const name = (list, place) => (place === "" ? "" : list[place]);
  const wanted = {
    area: name(data.areas, now.area),
    service: name(data.services, now.service),
    organisation: name(data.organisations, now.organisation),
  };
  let left = 0;
  for (const line of document.querySelectorAll("tr[data-ids]")) {
    const { home, ids } = line.dataset;
    const fits = Object.entries(wanted).every(([key, text]) => text === "" || line.dataset[key] === text);
    line.hidden = !(
      fits &&
      home.toLowerCase().includes(now.household) &&
      ids.toLowerCase().includes(now.search)
    );
    left += !line.hidden && line.closest("#left-out") ? 1 : 0;
  }
  return left;
}

function show() {
  const now = wish();
  shown = listed(now);
  showRuns(shown);
  drawMap(shown);
  const visits = shown.reduce((sum, run) => sum + run.hits.size, 0);
  document.getElementById("count").textContent =
    `${counted(shown.length, "run")} with ${counted(visits, "visit")}; ${counted(filterLeftOut(now), "unassigned visit")}.`;
  const few = shown.length <= MOST_LINKED;
  document.getElementById("open-all").disabled = !few;
}

/** Open a run and go there, also where the filters leave it out. */
function reveal(run) {
  if (!shown.includes(run)) {
    form.reset();
    form.elements.day.value = run.date;
    show();
  }
  toggle(run, true);
  run.button.focus();
  run.row.scrollIntoView({ block: "center" });
}

function later(action, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
}

if (runs.length) {
  fill();
  legend();
  document.getElementById("app").hidden = false;
  show();
}
const redraw = later(() => {
  drawLinks(shown);
  drawMap(shown);
}, 30);
form.addEventListener("input", later(show, 120));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", later(show, 0));
document.addEventListener("opened", redraw);
document.addEventListener("reveal", (event) => reveal(event.detail));
document
  .getElementById("open-all")
  .addEventListener("click", () => shown.forEach((run) => toggle(run, true)));
document
  .getElementById("close-all")
  .addEventListener("click", () => shown.forEach((run) => toggle(run, false)));
addEventListener(
  "resize",
  later(() => {
    showRuns(shown);
    drawMap(shown);
  }, 100),
);
addEventListener("beforeprint", () => drawForPaper(shown));
addEventListener("afterprint", () => showRuns(shown));
