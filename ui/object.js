// One object with all that is known about it.

import { get, id as escaped, post } from "./api.js";
import { nameOf, tlp, typeName } from "./badges.js";
import { when } from "./bar.js";
import { comparison } from "./compare.js";
import { contentsOf, contentsPart, conversionPart } from "./contents.js";
import { el, replace } from "./dom.js";
import { field, notice, problem, question } from "./forms.js";
import { number, t } from "./lang.js";
import { roads } from "./road.js";
import { may, now, refresh, state } from "./state.js";

const HOUR_MS = 3600 * 1000;

function facts(pairs) {
	return el("dl.facts", {}, pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined)
		.map(([name, value]) => [el("dt", {}, t(name)), el("dd", {}, value)]));
}

// The number that came, and the standard's word for it: None, Low, Med or High.
const confidence = (object) => object.confidence === null ? ""
	: `${number(object.confidence)} – ${t("confidence." + object.confidence_word)}`;

const part = (title, ...content) => el("section.card", {}, el("h2", {}, title), content);

function sightings(object) {
	if (object.sightings.length === 0)
		return el("p.empty", {}, t("object.no-sightings"));
	return el("ul.plain", {}, object.sightings.map((s) => el("li", {},
		el("b", {}, t("object.seen", { n: number(s.count) })), " ",
		t("object.seen-by", { from: s.from || t("objects.own") }), " ",
		`${when(s.first)} – ${when(s.last)}`, " ",
		el("a", { href: `#/object/${escaped(s.id)}` }, t("object.open-sighting")))));
}

// Counts and hours leave, no address: the node makes the sighting so.
function reportSighting(object) {
	const hour = (ms) => new Date(Math.floor(ms / HOUR_MS) * HOUR_MS).toISOString().replace(".000", "");
	const count = el("input", { type: "number", min: 1, max: 1000000, value: Math.max(object.hits, 1), required: true });
	const first = el("input", { value: hour(now() - HOUR_MS), required: true, pattern: ".*Z" });
	const last = el("input", { value: hour(now()), required: true, pattern: ".*Z" });
	question({
		title: t("sighting.title"), button: t("sighting.button"),
		text: el("div", {}, el("p", {}, t("sighting.text")), field(t("sighting.count"), count),
			field(t("sighting.first"), first, t("sighting.hint")), field(t("sighting.last"), last)),
		run: async () => {
			const made = await post("/sightings", { indicator: object.id, count: Number(count.value),
				first: first.value, last: last.value });
			state.chosen = new Set([made.id]);
			state.ask.to = object.giver;
			Object.assign(state.filter, { text: "", type: "", whose: "all" });
			refresh("objects");
			notice(t("sighting.made"));
			location.hash = "#/objects";
		},
	});
}

// Our own party's organisations that an agreement names; others are typed.
const neighbours = () => [...new Set(state.agreements.flatMap((a) => a.parties)
	.filter((p) => p.code === state.node?.party).flatMap((p) => p.organisations.map((o) => o.code)))];

// Nothing leaves the party: another organisation or enclave of it may read the object.
function showTo(object) {
	const to = el("input", { list: "show-to", required: true, maxlength: 100, value: state.session.organisation });
	const enclave = el("input", { required: true, maxlength: 100, pattern: "[^ ]+" });
	question({
		title: t("show.title"), button: t("show.button"), reason: t("show.reason"),
		text: el("div", {}, el("p", {}, t("show.text")), el("datalist", { id: "show-to" },
			neighbours().map((code) => el("option", { value: code }))),
		field(t("show.to"), to), field(t("show.enclave"), enclave, t("show.enclave-hint"))),
		run: async (reason) => {
			const made = await post("/internal-releases", { id: object.id, to: to.value.trim(), enclave: enclave.value.trim(), reason });
			notice(t("show." + made.state));
		},
	});
}

function draw(root, object, contents, again) {
	const p = object.provenance;
	const canShow = may.show(object);
	const canReport = object.type === "indicator" && object.giver !== "" && may.preview();
	replace(root,
		el("a.back", { href: "#/objects" }, "← ", t("page.objects")),
		el("div.title", {}, el("h1", { dir: "auto" }, nameOf(object)), tlp(object.tlp),
			el("span.badge", {}, typeName(object.type)),
			object.withdrawn ? el("span.badge", { "data-state": "withdrawn" }, t("state.withdrawn")) : null,
			canShow ? el("button", { type: "button", id: "show-to-button", onclick: () => showTo(object) }, t("show.open")) : null,
			canReport ? el("button", { type: "button", onclick: () => reportSighting(object) }, t("sighting.report")) : null),
		el("p.id", {}, el("code", {}, object.id)),
		el("div.halves", {},
			part(t("object.provenance"), facts([
				["object.originator", p.originator], ["object.giver", p.giver], ["object.under", p.received_under],
				["object.path", p.path.join(" → ")], ["object.added", when(p.added)], ["object.confidence", confidence(object)],
				["objects.hits", number(object.hits)]])),
			part(t("objects.sightings"), sightings(object))),
		contentsPart(contents, again),
		object.releases.length > 0 ? part(t("object.releases"), roads(object.releases)) : null,
		part(t("object.versions"), el("ul.plain", {}, object.versions.map((v) => el("li", {},
			when(v.modified || v.added), " ", el("code.hash", {}, v.sha256),
			v.revoked ? el("span.badge", { "data-state": "withdrawn" }, t("state.revoked")) : null)))),
		conversionPart(object.conversion),
		part(t("object.content"), el("div.single", {}, comparison(object.raw, object.raw)),
			el("details", { "data-part": "exact" }, el("summary", {}, t("compare.exact")), el("pre", {}, object.raw))));
}

export function objectPage(root, id) {
	let latest = 0;
	const load = async () => {
		const mine = ++latest;
		try {
			const [object, contents] = await Promise.all([get(`/objects/${escaped(id)}`), contentsOf(id)]);
			const opened = [...root.querySelectorAll("details[open]")].map((d) => d.dataset.part);
			if (mine !== latest || !root.isConnected || location.hash !== `#/object/${escaped(id)}`)
				return;
			draw(root, object, contents, load);
			for (const name of opened)
				root.querySelector(`details[data-part="${name}"]`)?.setAttribute("open", "");
		} catch (error) {
			replace(root, el("a.back", { href: "#/objects" }, "← ", t("page.objects")), problem(error));
		}
	};
	replace(root, el("p.empty", {}, t("loading")));
	load();
	return (topic) => ["objects", "releases", "recalls"].includes(topic) && load();
}
