// What happens now: the events as they come, and the road of each release.

import { id as escaped } from "./api.js";
import { nameOf } from "./badges.js";
import { when } from "./bar.js";
import { el, replace } from "./dom.js";
import { select } from "./forms.js";
import { number, t } from "./lang.js";
import { roads } from "./road.js";
import { state } from "./state.js";

const KINDS = [
	["went", (r) => ["released", "recalled", "answered"].includes(r.state)],
	["held", (r) => r.state === "held" || r.state === "refused"],
	["denied", (r) => ["denied", "expired", "withdrawn"].includes(r.state)],
];
let kind = "went";

// What an event is about: an object by its name, else the words as they are.
function subject(text) {
	if (!/^[a-z0-9-]+--[0-9a-f-]{36}$/.test(text))
		return text ? el("span", {}, text) : null;
	const known = state.objects.find((o) => o.id === text);
	return el("a", { href: `#/object/${escaped(text)}`, dir: "auto" }, known ? nameOf(known) : text);
}

// Only plain values are shown; a detail is a JSON object or empty.
function detail(value) {
	let object = value;
	try {
		object = typeof value === "string" && value !== "" ? JSON.parse(value) : value;
	} catch {
		return el("span.sub", {}, value);
	}
	if (!object || typeof object !== "object")
		return null;
	const plain = Object.entries(object).filter(([, v]) => ["string", "number"].includes(typeof v) && v !== "");
	const said = plain.map(([k, v]) => `${t("detail." + k, {}, k)}: ${v}`);
	return said.length === 0 ? null : el("span.sub", {}, said.join(" · "));
}

function eventLine(e) {
	return el("li", { "data-event": e.name }, el("time", {}, when(e.at, { second: "2-digit" })),
		el("span.what", {}, el("b", {}, t("event." + e.name, {}, e.name)), subject(e.subject), detail(e.detail)));
}

export function livePage(root) {
	const feed = el("ol.feed", { role: "log", "aria-label": t("live.events") });
	const released = el("div"), log = el("p.hint");
	const choice = select(KINDS.map(([name]) => [name, t("live." + name)]), kind, (v) => (kind = v, drawRoads()));
	choice.setAttribute("aria-label", t("live.show"));
	const drawFeed = () => replace(feed, state.events.length > 0 ? [...state.events].reverse().map(eventLine)
		: el("li.empty", {}, t("live.no-events")));
	let drawnRoads = "";
	const drawRoads = () => {
		const items = state.releases.filter(KINDS.find(([name]) => name === kind)[1]);
		const text = JSON.stringify([items, state.recalls, state.objects.length]);
		if (text === drawnRoads)
			return;
		drawnRoads = text;
		const focused = document.activeElement?.closest("[data-source]")?.dataset.source;
		replace(released, items.length > 0 ? roads(items) : el("p.empty.card", {}, t("live.empty-" + kind)));
		if (focused)
			released.querySelector(`[data-source="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
	};
	const drawLog = () => {
		const l = state.node?.log;
		replace(log, l ? t("live.log", { size: number(l.size), published: number(l.published),
			cosigned: number(Math.max(0, ...l.witnesses.map((w) => w.size))) }) : "");
	};
	root.append(el("div.with-side.live", {},
		el("section.main-part", { "aria-labelledby": "roads-title" },
			el("div.title.spread", {}, el("div", {}, el("h1", { id: "roads-title" }, t("live.roads")), log), choice), released),
		el("section.side.card", {}, el("h2", {}, t("live.events")), feed)));
	drawFeed();
	drawRoads();
	drawLog();
	return (topic) => {
		if (topic === "events")
			drawFeed();
		if (["releases", "recalls", "objects"].includes(topic))
			drawRoads();
		if (topic === "node")
			drawLog();
	};
}
