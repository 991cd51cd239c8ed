// What lies beside an object: other contents of its versions, and what it was
// before it was converted.

import { get, id as escaped, post } from "./api.js";
import { when } from "./bar.js";
import { el } from "./dom.js";
import { notice, question } from "./forms.js";
import { number, t } from "./lang.js";
import { may } from "./state.js";

const from = (giver) => giver || t("objects.own");
const hash = (text) => el("code.hash", {}, text);
const stamp = (at) => when(at, { year: "numeric", second: "2-digit" });

function facts(...pairs) {
	return el("dl.facts", {}, pairs.filter(([, value]) => value)
		.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

// Nobody sees other contents of what is only shown to him.
export async function contentsOf(id) {
	try {
		return await get(`/objects/${escaped(id)}/conflicts`);
	} catch (error) {
		if (error.status === 404)
			return { conflicts: [], choices: [] };
		throw error;
	}
}

// ---- choosing ----

function choose(c, again) {
	question({
		title: t("contents.choose"), button: t("contents.choose"), reason: t("contents.reason"),
		text: el("div", {}, el("p", {}, t("contents.choose-text")), el("p.id", {}, hash(c.other_sha256))),
		run: async (reason) => {
			await post(`/objects/${escaped(c.id)}/choose`, { version: c.version, content: c.other_sha256, reason });
			notice(t("contents.done"));
			again();
		},
	});
}

const chosen = (c) => c && t("contents.by", { by: c.by, at: stamp(c.at), reason: c.reason });

// ---- both contents ----

function value(text, label) {
	return el("div", { role: "cell", "data-label": label }, text === undefined
		? el("span.absent", {}, t("contents.absent")) : el("span", { dir: "auto" }, text));
}

function changes(c) {
	const titles = [t("contents.place"), t("contents.served"), t("contents.other")];
	return el("div.compare.beside", { role: "table", "aria-label": t("contents.differ") },
		el("div.row.head", { role: "row" }, titles.map((title) => el("div", { role: "columnheader" }, title))),
		c.changes.map((x) => el("div.row", { role: "row" },
			el("div.key", { role: "cell" }, x.pointer || "/"), value(x.served, titles[1]), value(x.other, titles[2]))),
		c.changes_more > 0 ? el("p.empty", {}, t("contents.more", { n: number(c.changes_more) })) : null);
}

function content(c, again) {
	return el("article.content", { "data-content": c.other_sha256 },
		el("h3", {}, t("contents.version", { version: c.version })),
		el("div.halves", {},
			el("div", {}, el("h4", {}, t("contents.served")), el("p.id", {}, hash(c.served_sha256)),
				facts([t("contents.from"), from(c.served_giver)], [t("contents.since"), stamp(c.served_at)],
					[t("contents.chosen"), chosen(c.chosen)])),
			el("div", {}, el("h4", {}, t("contents.other")), el("p.id", {}, hash(c.other_sha256)),
				facts([t("contents.from"), from(c.giver)],
					[t("contents.came"), t("contents.times", { n: number(c.seen), at: stamp(c.last) })],
					[t("contents.why"), t("contents.outcome." + c.outcome, {}, c.outcome)]),
				may.send() ? el("button.small", { type: "button", onclick: () => choose(c, again),
					"aria-label": `${t("contents.choose")}: ${c.other_sha256}` }, t("contents.choose")) : null)),
		changes(c));
}

const choice = (c) => el("li", {}, chosen(c), el("div.sub", {},
	t("contents.instead", { version: c.version, now: c.sha256, before: c.instead_of })));

export function contentsPart({ conflicts, choices }, again) {
	if (conflicts.length === 0 && choices.length === 0)
		return null;
	return el("section.card.contents", { id: "contents" }, el("h2", {}, t("contents.title")),
		el("p.hint", {}, t("contents.text")),
		conflicts.map((c) => content(c, again)),
		choices.length > 0 ? [el("h3", {}, t("contents.choices")), el("ul.plain", {}, choices.map(choice))] : null);
}

// ---- conversion ----

const FORMATS = { "stix-2.0": "STIX 2.0" };

function change(c) {
	return el("tr", {}, el("td", {}, el("span.badge", { "data-change": c.what }, t("conversion." + c.what, {}, c.what))),
		el("td", {}, el("code", {}, c.pointer || "/")), el("td", { lang: "en", dir: "auto" }, c.message));
}

export function conversionPart(conversion) {
	if (!conversion)
		return null;
	const { changes: list } = conversion;
	const format = FORMATS[conversion.format] ?? conversion.format;
	const bytes = new TextEncoder().encode(conversion.original).length;
	return el("section.card", { id: "conversion" }, el("h2", {}, t("conversion.title", { format })),
		el("p.hint", {}, t("conversion.text", { at: stamp(conversion.at), n: number(list.length) })),
		list.length > 0 ? el("div.scroll.short", { tabindex: 0, role: "region", "aria-label": t("conversion.report") },
			el("table.grid", {}, el("thead", {}, el("tr", {}, [t("conversion.what"), t("contents.place"), t("conversion.how")]
				.map((title) => el("th", { scope: "col" }, title)))), el("tbody", {}, list.map(change)))) : null,
		el("details", { "data-part": "original" },
			el("summary", {}, t("conversion.original"), " ", el("small", {}, t("compare.bytes", { n: number(bytes) }))),
			el("pre", { tabindex: 0, "aria-label": t("conversion.original") }, conversion.original)));
}
