// What we have: own and received objects, chosen for a recipient.

import { call, id as escaped, post } from "./api.js";
import { nameOf, releaseState, tlp, typeName } from "./badges.js";
import { el, hold, replace, roving } from "./dom.js";
import { action, field, notice, problem, select } from "./forms.js";
import { number, t } from "./lang.js";
import { may, refresh, state, tell } from "./state.js";

const ROW = "tr[data-id]";
const COUNTS = ["hits", "sightings"];

const shownObjects = () => {
	const { text, type, whose } = state.filter;
	const wanted = text.trim().toLowerCase();
	return state.objects.filter((o) =>
		(type === "" || o.type === type) &&
		(whose === "all" || (whose === "own") === (o.giver === "")) &&
		(wanted === "" || [o.name, o.id, o.type, typeName(o.type), o.giver, o.tlp]
			.some((s) => s?.toLowerCase().includes(wanted))));
};

// ---- the table ----

function row(o) {
	const chosen = state.chosen.has(o.id);
	const box = el("input", { type: "checkbox", tabindex: -1, "data-box": "",
		"aria-label": t("objects.choose", { name: nameOf(o) }) });
	box.checked = chosen;
	return el("tr", { role: "row", tabindex: -1, "data-id": o.id, "aria-selected": String(chosen) },
		el("td.box", { role: "gridcell" }, box),
		el("td.name", { role: "gridcell" },
			el("a", { href: `#/object/${escaped(o.id)}`, tabindex: -1, dir: "auto" }, nameOf(o)),
			o.withdrawn ? el("span.badge", { "data-state": "withdrawn" }, t("state.withdrawn")) : null),
		el("td.type", { role: "gridcell" }, typeName(o.type)),
		el("td.tlp-cell", { role: "gridcell" }, tlp(o.tlp)),
		el("td.from", { role: "gridcell" }, o.giver || t("objects.own")),
		el("td.released", { role: "gridcell" }, o.released.map((r) =>
			el("span.released-to", {}, r.to, " ", releaseState(r.state)))),
		COUNTS.map((name) => el(o[name] > 0 ? "td.number.some" : "td.number",
			{ role: "gridcell", "data-label": t("objects." + name) }, o[name] > 0 ? number(o[name]) : "–")));
}

function toggle(line, chosen) {
	const id = line.dataset.id;
	chosen ? state.chosen.add(id) : state.chosen.delete(id);
	line.setAttribute("aria-selected", String(chosen));
	line.querySelector("[data-box]").checked = chosen;
}

function table(onchoice) {
	const body = el("tbody");
	const headings = ["name", "type", "tlp", "from", "released", ...COUNTS];
	const every = el("input", { type: "checkbox", "aria-label": t("objects.choose-all") });
	const grid = el("table.grid", { role: "grid", "aria-multiselectable": "true", "aria-label": t("page.objects") },
		el("thead", {}, el("tr", { role: "row" }, el("th.box", { role: "columnheader" }, every),
			headings.map((h) => el(COUNTS.includes(h) ? "th.number" : "th", { role: "columnheader", scope: "col" },
				t("objects." + h))))),
		body);
	let anchor = null;
	const lines = () => [...body.querySelectorAll(ROW)];
	const settle = () => {
		const all = lines();
		const n = all.filter((l) => state.chosen.has(l.dataset.id)).length;
		every.checked = n > 0 && n === all.length;
		every.indeterminate = n > 0 && n < all.length;
		onchoice();
	};
	const chooseAll = (chosen) => (lines().forEach((l) => toggle(l, chosen)), settle());
	const choose = (line, extend) => {
		const all = lines();
		if (extend && anchor && all.some((l) => l.dataset.id === anchor)) {
			const from = all.findIndex((l) => l.dataset.id === anchor), to = all.indexOf(line);
			all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((l) => toggle(l, true));
		} else {
			toggle(line, !state.chosen.has(line.dataset.id));
			anchor = line.dataset.id;
		}
		settle();
	};
	roving(body, ROW, {
		toggle: choose,
		all: () => chooseAll(!every.checked),
		open: (line) => (location.hash = `#/object/${escaped(line.dataset.id)}`),
	});
	every.addEventListener("change", () => chooseAll(every.checked));
	body.addEventListener("click", (event) => {
		const line = event.target.closest(ROW);
		if (!line || event.target.closest("a"))
			return;
		hold(body, ROW, line);
		line.focus();
		choose(line, event.shiftKey);
	});
	const draw = () => {
		const focused = document.activeElement?.closest(ROW)?.dataset.id;
		replace(body, shownObjects().map(row));
		const all = lines();
		const keep = all.find((l) => l.dataset.id === focused);
		hold(body, ROW, keep ?? all[0]);
		keep?.focus({ preventScroll: true });
		settle();
	};
	return { grid, draw };
}

// ---- filters ----

function filters(draw) {
	const text = el("input", { type: "search", value: state.filter.text, placeholder: t("filter.text"),
		"aria-label": t("filter.text") });
	text.addEventListener("input", () => (state.filter.text = text.value, draw()));
	const type = select([], "", (v) => (state.filter.type = v, draw()));
	type.setAttribute("aria-label", t("filter.type"));
	const whose = select([["all", t("filter.all")], ["own", t("filter.own")], ["received", t("filter.received")]],
		state.filter.whose, (v) => (state.filter.whose = v, draw()));
	whose.setAttribute("aria-label", t("filter.whose"));
	// Types come and go with the objects, while somebody may be using the fields.
	const renew = () => {
		const known = ["", ...[...new Set([state.filter.type, ...state.objects.map((o) => o.type)])].filter(Boolean).sort()];
		if (known.join() !== [...type.options].map((o) => o.value).join() || type.options.length === 0)
			replace(type, known.map((n) => el("option", { value: n, selected: n === state.filter.type },
				n ? typeName(n) : t("filter.all-types"))));
	};
	renew();
	return { fields: [text, type, whose], renew };
}

// ---- asking the gate ----

const recipients = () => state.agreements.flatMap((a) =>
	a.parties.filter((p) => p.code !== state.node.party).flatMap((p) => p.organisations));

const named = (kind, codes) => codes.map((code) => [code, t(`${kind}.${code}`, {}, code)]);

function agreementOf(to) {
	return state.agreements.find((a) => a.parties.some((p) => p.organisations.some((o) => o.code === to)));
}

// The choice stays what it was while the agreement still knows it.
function chooseAmong(name, options) {
	if (!options.some(([value]) => value === state.ask[name]))
		state.ask[name] = options[0]?.[0] ?? "";
	return select(options, state.ask[name], (v) => (state.ask[name] = v, tell("ask")));
}

export async function preview(ids) {
	const ask = { ...state.ask, ids };
	state.preview = { ask, answer: await post("/preview", ask), sent: null };
}

function askCard() {
	const to = chooseAmong("to", recipients().map((o) => [o.code, `${o.name} (${o.code})`]));
	const agreement = agreementOf(state.ask.to);
	if (!agreement)
		return { card: el("section.card.ask", {}, el("h2", {}, t("ask.title")), el("p.empty", {}, t("ask.no-agreement"))),
			count: () => {} };
	const purpose = chooseAmong("purpose", named("purpose", agreement.purposes));
	const area = chooseAmong("area", named("area", agreement.areas));
	const basis = chooseAmong("legal_basis", [["", t("ask.no-basis")], ...agreement.legal_bases.map((code) => [code, code])]);
	const strict = select(["false", "true"].map((s) => [s, t("strict." + s)]), String(state.ask.strict),
		(v) => (state.ask.strict = v === "true"));
	const along = chooseAmong("with", ["technique", "victim", "all"].map((w) => [w, t("with." + w)]));
	const place = el("div");
	const count = el("p.hint", { "aria-live": "polite" });
	const ids = () => {
		const all = shownObjects().map((o) => o.id);
		const some = state.objects.map((o) => o.id).filter((i) => state.chosen.has(i));
		return some.length > 0 ? some : all;
	};
	const button = action(el("button.primary", { type: "button", id: "preview" }, t("ask.preview")), place, async () => {
		await preview(ids());
		location.hash = "#/preview";
	});
	const card = el("section.card.ask", { "aria-labelledby": "ask-title" },
		el("h2", { id: "ask-title" }, t("ask.title")),
		field(t("ask.to"), to), field(t("ask.purpose"), purpose), field(t("ask.area"), area), field(t("ask.with"), along),
		field(t("ask.legal-basis"), basis), field(t("ask.strict"), strict), count, place, button);
	return { card, count: () => {
		const n = ids().length;
		replace(count, state.chosen.size > 0 ? t("ask.chosen", { n: number(n) }) : t("ask.all", { n: number(n) }));
		button.disabled = n === 0;
	} };
}

// ---- importing ----

function importButton(place) {
	const file = el("input.unseen", { type: "file", accept: ".json,application/json", tabindex: -1, "aria-hidden": "true" });
	file.addEventListener("change", async () => {
		const [chosen] = file.files;
		if (!chosen)
			return;
		replace(place);
		try {
			const got = await call("POST", `/import?source=${escaped(chosen.name)}`, await chosen.text());
			notice(t("import.done", { read: number(got.read), fresh: number(got.new), same: number(got.same),
				refused: number(got.refused) }));
			if (got.problems.length > 0)
				replace(place, el("div.problem", { role: "alert" }, el("p", {}, t("import.problems")),
					el("ul", {}, got.problems.slice(0, 20).map((p) => el("li", {},
						el("code", {}, `objects[${p.index}]${p.pointer}`), " ", p.message)))));
			refresh("objects");
		} catch (error) {
			replace(place, problem(error));
		}
		file.value = "";
	});
	return [el("button", { type: "button", onclick: () => file.click() }, t("import.button")), file];
}

function emptyText() {
	if (!state.loaded.has("objects"))
		return t("loading");
	return state.objects.length === 0 ? t("objects.empty") : t("objects.none-match");
}

export function objectsPage(root) {
	const problems = el("div"), tools = el("div.tools"), side = el("div.side"), empty = el("p.empty");
	let asked = { count: () => {} };
	const { grid, draw } = table(() => asked.count());
	const redraw = () => {
		draw();
		const n = shownObjects().length;
		replace(empty, n === 0 ? emptyText() : "");
		empty.hidden = n > 0;
		grid.hidden = n === 0;
	};
	const { fields, renew } = filters(redraw);
	replace(tools, fields, el("span.gap"), may.import() ? importButton(problems) : null);
	let drawnSide = "";
	const drawSide = () => {
		const text = JSON.stringify([state.agreements, state.ask, state.node?.party]);
		if (text === drawnSide)
			return;
		const focused = [...side.querySelectorAll("select, button")].indexOf(document.activeElement);
		asked = may.preview() ? askCard() : asked;
		replace(side, may.preview() ? asked.card : null);
		[...side.querySelectorAll("select, button")][focused]?.focus();
		asked.count();
		// Drawing settles what was asked for to what the agreement knows.
		drawnSide = JSON.stringify([state.agreements, state.ask, state.node?.party]);
	};
	root.append(el("div.with-side", {},
		el("section.main-part", { "aria-labelledby": "objects-title" },
			el("h1", { id: "objects-title" }, t("page.objects")), tools, problems,
			el("div.scroll", {}, grid), empty,
			el("p.hint.keys", {}, t("objects.keys"))),
		side));
	drawSide();
	redraw();
	return (topic) => {
		if (topic === "objects")
			renew(), redraw(), asked.count();
		if (topic === "agreements" || topic === "ask")
			drawSide();
	};
}
