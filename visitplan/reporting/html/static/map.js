// The map: households and the ways between them, from coordinates alone.
const KM_PER_DEGREE = 111.2;
const placed = (run) => run.visits.filter((visit) => visit.lat !== null && visit.lon !== null);

/** Draw runs; where some are open, these, with their stops numbered. */
function drawMap(shown) {
  const box = document.getElementById("map");
  const open = shown.filter((run) => run.open);
  const drawnRuns = (open.length ? open : shown).filter((run) => placed(run).length);
  if (!drawnRuns.length) return box.replaceChildren(make("p", {}, "No run that is listed has coordinates."));
  const width = Math.max(280, box.clientWidth || 800),
    height = Math.round(Math.min(width, 460));
  const place = projection(drawnRuns.flatMap(placed), width, height);
  const parts = [...drawnRuns.map((run) => way(run, place, open.length > 0)), homes(drawnRuns, place)];
  parts.push(...areaNames(drawnRuns, place));
  if (open.length) parts.push(...open.flatMap((run) => stops(run, place)));
  parts.push(...scale(place.pixelsPerKm, width, height));
  const homesShown = new Set(drawnRuns.flatMap(placed).map((visit) => visit.home)).size;
  const said = `Map of ${counted(drawnRuns.length, "run")} to ${counted(homesShown, "household")}; each run's table lists the same stops`;
  box.replaceChildren(
    make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said }, ...parts),
  );
}

/** Fit visits into a box: equirectangular, true to scale at their middle. */
function projection(visits, width, height) {
  const lats = visits.map((visit) => visit.lat),
    lons = visits.map((visit) => visit.lon);
  const middle = [(Math.min(...lats) + Math.max(...lats)) / 2, (Math.min(...lons) + Math.max(...lons)) / 2];
  const shrink = Math.cos((middle[0] * Math.PI) / 180);
  const kmHigh = Math.max(0.5, (Math.max(...lats) - Math.min(...lats)) * KM_PER_DEGREE);
  const kmWide = Math.max(0.5, (Math.max(...lons) - Math.min(...lons)) * KM_PER_DEGREE * shrink);
  const pixelsPerKm = Math.min((width - 60) / kmWide, (height - 60) / kmHigh);
  const place = ({ lat, lon }) => [
    width / 2 + (lon - middle[1]) * KM_PER_DEGREE * shrink * pixelsPerKm,
    height / 2 - (lat - middle[0]) * KM_PER_DEGREE * pixelsPerKm,
  ];
  return Object.assign(place, { pixelsPerKm });
}

const point = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;
const way = (run, place, open) =>
  make(
    "path",
    {
      class: `way ${colour(run.service)}${open ? " open" : ""}`,
      d: `M${placed(run)
        .map((visit) => point(place(visit)))
        .join("L")}`,
    },
    make("title", {}, `${run.staff}, ${named(data.services, run.service)}`),
  );
const homes = (shown, place) =>
  make("path", {
    class: "home",
    d: shown
      .flatMap(placed)
      .map((visit) => `M${point(place(visit))}h.01`)
      .join(""),
  });

function stops(run, place) {
  return placed(run).flatMap((visit, k) => {
    const [x, y] = place(visit);
    return [
      make("circle", { class: `stop ${colour(run.service)}`, cx: x, cy: y, r: 9 }),
      make("text", { class: "number", x, y }, String(k + 1)),
    ];
  });
}

function areaNames(shown, place) {
  const groups = Map.groupBy(shown.flatMap(placed), (visit) => visit.area);
  return [...groups].map(([area, visits]) => {
    const ends = visits.map(place);
    const mean = [0, 1].map((k) => ends.reduce((sum, end) => sum + end[k], 0) / ends.length);
    return make("text", { class: "area", x: mean[0], y: mean[1] - 12 }, named(data.areas, area));
  });
}

function scale(pixelsPerKm, width, height) {
  const km =
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].findLast((length) => length * pixelsPerKm < width / 3) ?? 0.1;
  const end = 12 + km * pixelsPerKm;
  return [
    make("line", { class: "scale", x1: 12, x2: end, y1: height - 12, y2: height - 12 }),
    make("text", { x: (12 + end) / 2, y: height - 18 }, `${km} km`),
  ];
}
