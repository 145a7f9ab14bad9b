// The plan as the page has it, and what the filters pick from it. Nothing here touches the page, but `make`.
const data = JSON.parse(document.getElementById("data").textContent);
const FIELDS = [
  "id",
  "request",
  "person",
  "home",
  "service",
  "organisation",
  "start",
  "end",
  "travel",
  "wait",
  "joint",
  "tasks",
];
const SVG = new Set(["svg", "g", "rect", "line", "path", "circle", "text", "title"]);

const runs = data.runs.map((run, number) => ({ ...run, number, open: false }));
for (const run of runs) {
  run.visits = run.visits.map((cells) => Object.fromEntries(FIELDS.map((field, k) => [field, cells[k]])));
  for (const visit of run.visits) {
    const [home, area, lat, lon] = data.homes[visit.home];
    Object.assign(visit, { run, home, area, lat, lon });
    const joint = visit.joint < 0 ? "" : data.joints[visit.joint][0];
    visit.ids = [visit.id, visit.request, visit.person, home, run.staff, run.id, joint]
      .join("\n")
      .toLowerCase();
  }
}

const partners = new Map(); // the visits of each joint visit, by its place in data.joints
for (const visit of runs.flatMap((run) => run.visits)) {
  if (visit.joint >= 0) partners.set(visit.joint, [...(partners.get(visit.joint) ?? []), visit]);
}

/** Make an element; children are elements or text, and text is only ever text. */
function make(tag, attributes = {}, ...children) {
  const element = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const pad = (number) => String(number).padStart(2, "0");
/** A clock time; whole minutes, as the plan's files have them. */
function clock(minute) {
  if (minute === null) return "";
  const whole = Math.floor(minute + 1e-6);
  return `${pad(Math.floor(whole / 60) % 24)}:${pad(((whole % 60) + 60) % 60)}`;
}
const grouped = new Intl.NumberFormat("en-GB");
const counted = (count, one, many = `${one}s`) => `${grouped.format(count)} ${count === 1 ? one : many}`;
const colour = (service) => `c${service % 8}`;

/** Whether a visit passes the filters; `day` and `staff` are the run's and were looked at before. */
function passes(visit, wish) {
  return (
    (wish.area === "" || visit.area === Number(wish.area)) &&
    (wish.service === "" || visit.service === Number(wish.service)) &&
    (wish.organisation === "" || visit.organisation === Number(wish.organisation)) &&
    visit.home.toLowerCase().includes(wish.household) &&
    visit.ids.includes(wish.search)
  );
}

/** Whether an idle shift passes: it has no area, household or visit to ask about. */
function idlePasses(run, wish) {
  return (
    wish.idle &&
    wish.area === "" &&
    wish.household === "" &&
    (wish.service === "" || run.service === Number(wish.service)) &&
    (wish.organisation === "" || run.organisation === Number(wish.organisation)) &&
    `${run.staff}\n${run.id}`.toLowerCase().includes(wish.search)
  );
}

const named = (list, place) => list[place] ?? "";
const ORDERS = {
  area: (run) => [
    run.visits.length ? named(data.areas, run.visits[0].area) : "\uffff",
    named(data.services, run.service),
    run.staff,
    run.date,
  ],
  staff: (run) => [run.staff, run.date],
  start: (run) => [run.date, pad(Math.floor(run.depart ?? run.shift[0] ?? 0)).padStart(5, "0"), run.staff],
};

/** The runs to list, in their order; each run's `hits` are its visits that pass. An id is looked for on any day. */
function listed(wish) {
  const found = runs.filter((run) => {
    if (
      (wish.day !== "" && wish.search === "" && run.date !== wish.day) ||
      (wish.staff !== "" && run.staff !== wish.staff)
    )
      return false;
    run.hits = new Set(run.visits.filter((visit) => passes(visit, wish)));
    return run.visits.length ? run.hits.size > 0 : idlePasses(run, wish);
  });
  const keys = new Map(found.map((run) => [run, ORDERS[wish.order](run).join("\n")]));
  return found.sort((a, b) => (keys.get(a) < keys.get(b) ? -1 : 1));
}

/** A run as steps one after the other: travel, wait, break and visit, each with its start and end. */
function steps(run) {
  const list = [];
  const [pause, pauseMinutes] = run.pause;
  let paused = pause === null || !pauseMinutes;
  let now = null;
  const step = (kind, minutes, visit) => {
    if (minutes > 0.01 || visit) list.push({ kind, start: now, end: now + minutes, visit });
    now += minutes;
  };
  const way = (travel, wait, until) => {
    const here = !paused && pause < until;
    now ??= until - travel - wait - (here && pause >= run.depart ? pauseMinutes : 0);
    let left = travel,
      idle = wait;
    if (here) {
      const before = Math.max(0, pause - now);
      const driven = Math.min(travel, before),
        idled = Math.min(wait, before - driven);
      step("travel", driven);
      step("wait", idled);
      if (pause < now) list.push({ kind: "break", start: pause, end: pause + pauseMinutes });
      else step("break", pauseMinutes);
      [left, idle, paused] = [travel - driven, wait - idled, true];
    }
    step("travel", left);
    step("wait", idle);
  };
  for (const visit of run.visits) {
    way(visit.travel, visit.wait, visit.start);
    now = visit.start;
    step("visit", visit.end - visit.start, visit);
  }
  if (run.visits.length) way(run.back, 0, run.finish ?? now + run.back);
  if (!paused) list.push({ kind: "break", start: pause, end: pause + pauseMinutes });
  if (list.length && Math.abs(list[0].start - run.depart) < 1) list[0].start = run.depart; // to the second, in the files to the minute
  return list;
}
