// One decision of the gate: outcome, clause, four lines, both texts.

import { code, outcome, tlp, typeName } from "./badges.js";
import { comparison } from "./compare.js";
import { el } from "./dom.js";
import { number, said, t } from "./lang.js";
import { state } from "./state.js";

export const objectOf = (id) => state.objects.find((o) => o.id === id) ?? { id, name: "", type: id.split("--")[0], tlp: "" };

// The agreement's own words are in its language of record.
const line = (l) => el("span", { dir: "auto", lang: l.code === "condition.obligation" ? "en" : null }, said(l));
const lines = (list) => (list.length === 0 ? t("decision.none")
	: list.length === 1 ? line(list[0]) : el("ul", {}, list.map((l) => el("li", {}, line(l)))));

// What was left out of a selection: one line or none.
export const selectionLine = (list) => (list.length > 0 ? el("p.hint", {}, list.map(line)) : null);

function clauses(d) {
	if (!d.clause)
		return null;
	return el("p.clauses", {}, el("b", {}, t("decision.clause", { clause: d.clause.split(",").join(", ") })),
		d.model ? el("span.model", {}, t("agreement.model")) : null);
}

function fourLines(d) {
	const pairs = [["what", d.what], ["bundle", d.bundle ?? []], ["why", d.why], ["conditions", d.conditions],
		["would-change", d.would_change], ["advice", d.advice ?? []]]
		.filter(([name, list]) => list.length > 0 || !["bundle", "advice"].includes(name))
		.map(([name, list]) => [name, lines(list)]);
	if (d.approvals.length > 0)
		pairs.push(["approvals", d.approvals.map((r) => t("role." + r, {}, r)).join(", ")]);
	return el("dl.lines", {}, pairs.map(([name, value]) => [el("dt", {}, t("decision." + name)), el("dd", {}, value)]));
}

function exact(title, text) {
	const bytes = new TextEncoder().encode(text).length;
	return el("div", {}, el("h4", {}, title, " ", el("small", {}, t("compare.bytes", { n: number(bytes) }))),
		text ? el("pre", { tabindex: 0, "aria-label": title }, text) : el("p.empty", {}, t("compare.nothing-leaves")));
}

// original may be missing: then only what leaves is shown.
export function decisionView(d, original) {
	const object = objectOf(d.id);
	const copy = d.leaving_id && d.leaving_id !== d.id;
	return el("article.decision", {},
		el("div.title", {}, el("h2", { dir: "auto" }, object.name || typeName(object.type)), outcome(d.outcome), tlp(object.tlp)),
		el("p.id", {}, typeName(object.type), " · ", el("code", {}, d.id)),
		copy ? el("p.id", {}, t("decision.copy"), " ", el("code", {}, d.leaving_id)) : null,
		el("div.reasons", {}, clauses(d), el("div.codes", {}, d.codes.map(code))),
		fourLines(d),
		el("h3", {}, t("compare.title")),
		comparison(original, d.bytes, d.changes),
		el("details.exact", {}, el("summary", {}, t("compare.exact")),
			d.bytes_sha256 && d.bytes ? el("p.id", {}, "SHA-256 ", el("code.hash", {}, d.bytes_sha256)) : null,
			el("div.halves", {}, exact(t("compare.original"), original ?? ""), exact(t("compare.leaving"), d.bytes))));
}
