// What is kept under review: emergencies, consents, what was told about
// somebody, what compartments show each other, and the agreements.

import { get, id as escaped, post } from "./api.js";
import { nameOf } from "./badges.js";
import { when } from "./bar.js";
import { objectOf } from "./decision.js";
import { el, replace } from "./dom.js";
import { action, field, notice, problem, question, select } from "./forms.js";
import { number, t } from "./lang.js";
import { may, state } from "./state.js";

let about = ""; // whose disclosures were asked for last

function table(name, columns, rows) {
	if (rows.length === 0)
		return el("p.empty", {}, t("oversight.none"));
	return el("div.scroll.short", { tabindex: 0, role: "region", "aria-label": t("oversight." + name) }, el("table.grid", {},
		el("thead", {}, el("tr", {}, columns.map(([title]) => el("th", { scope: "col" }, title)))),
		el("tbody", {}, rows.map((row) => el("tr", {}, columns.map(([, cell]) => el("td", {}, cell(row))))))));
}

const object = (id) => (id ? el("a", { href: `#/object/${escaped(id)}`, dir: "auto", title: id }, nameOf(objectOf(id))) : "–");
const stamp = (at) => el("span.stamp", {}, when(at));
const day = (at) => el("span.stamp", {}, when(at, { year: "numeric" }));
const strong = (text) => el("b", {}, text);

// ---- emergencies ----

function reviewButton(item, again) {
	if (item.state === "done" || !may.review() || item.proposer === state.session.account)
		return null;
	const finding = { value: "justified" };
	const text = el("textarea", { rows: 3, maxlength: 500 });
	return el("button.small", { type: "button", onclick: () => question({
		title: t("oversight.review"), button: t("oversight.review"),
		text: el("div", {}, field(t("oversight.finding"), select(["justified", "not-justified"].map((f) => [f, t("finding." + f)]),
			finding.value, (v) => (finding.value = v))), field(t("oversight.text"), text)),
		run: async () => {
			await post(`/reviews/${escaped(item.order_id)}`, { finding: finding.value, text: text.value.trim() });
			notice(t("oversight.reviewed"));
			again();
		} }) }, t("oversight.review"));
}

function reviews(_, again) {
	return ({ items }) => table("reviews", [
		[t("oversight.state"), (r) => el("span.badge", { "data-outcome": r.state === "done" ? "ALLOW" : r.state === "open" ? "HOLD" : "DENY" },
			t("review." + r.state))],
		[t("oversight.why"), (r) => [strong([r.harm === "none" ? "" : r.harm, r.break_glass].filter(Boolean).join(" · ")),
			el("div", { dir: "auto" }, r.reason), r.contact ? el("div.sub", {}, t("approve.contact." + r.contact)) : null]],
		[t("oversight.who"), (r) => [r.proposer, " → ", r.recipient, el("div.sub", {}, stamp(r.opened_at))]],
		[t("oversight.due"), (r) => stamp(r.due_at)],
		[t("oversight.finding"), (r) => (r.state === "done"
			? [strong(t("finding." + r.finding)), el("div", { dir: "auto" }, r.text), el("div.sub", {}, r.account)]
			: reviewButton(r, again))],
	], items);
}

// ---- consents ----

function withdrawButton(path, again) {
	return el("button.small", { type: "button", onclick: () => question({
		title: t("oversight.withdraw"), button: t("oversight.withdraw"), reason: t("approve.reason"), kind: "danger",
		run: async (reason) => {
			await post(path, { reason });
			notice(t("oversight.withdrawn"));
			again();
		} }) }, t("oversight.withdraw"));
}

function consents(_, again) {
	return (answer) => table("consents", [
		[t("oversight.identity"), (c) => object(c.identity)],
		[t("oversight.scope"), (c) => t("scope." + c.scope)],
		[t("ask.to"), (c) => c.to || t("oversight.anybody")],
		[t("oversight.until"), (c) => day(c.until)],
		[t("oversight.evidence"), (c) => [el("span", { dir: "auto" }, c.evidence), el("div.sub", {}, c.account)]],
		[t("oversight.state"), (c) => (c.withdrawn_at ? [t("oversight.withdrawn"), " ", stamp(c.withdrawn_at),
			el("div.sub", { dir: "auto" }, c.reason)] : !c.in_force ? t("oversight.ended")
			: may.consent() ? withdrawButton(`/consents/${escaped(c.consent_id)}/withdraw`, again) : t("oversight.in-force"))],
	], answer.consents);
}

// ---- between compartments ----

function showings(place, again) {
	return (answer) => table("showings", [
		[t("oversight.object"), (s) => object(s.object_id)],
		[t("oversight.from-to"), (s) => `${s.owner}/${s.enclave} → ${s.to}/${s.to_enclave}`],
		[t("oversight.why"), (s) => [el("span", { dir: "auto" }, s.reason), el("div.sub", {}, [s.account, s.approver].filter(Boolean).join(", "))]],
		[t("oversight.state"), (s) => [t("showing." + s.state), " ", stamp(s.withdrawn_at ?? s.shown_at ?? s.at)]],
		["", (s) => [
			s.state === "waiting" && may.approveAs("approver") && s.account !== state.session.account
				? action(el("button.small", { type: "button" }, t("oversight.approve")), place, async () => {
					await post(`/internal-releases/${escaped(s.showing_id)}/approve`, {});
					again();
				}) : null,
			s.direction === "shown-to" && s.state !== "withdrawn" && may.stop()
				? withdrawButton(`/internal-releases/${escaped(s.showing_id)}/withdraw`, again) : null]],
	], answer.showings);
}

// ---- what was told about somebody ----

function disclosures() {
	const place = el("div", { "aria-live": "polite" }), input = el("input", { type: "search", value: about });
	const ask = async () => {
		about = input.value.trim();
		if (about === "")
			return replace(place);
		const answer = await get(`/disclosures?about=${escaped(about)}`);
		replace(place, table("disclosures", [
			[t("oversight.at"), (d) => stamp(d.at)],
			[t("ask.to"), (d) => d.to],
			[t("ask.purpose"), (d) => t("purpose." + d.purpose, {}, d.purpose)],
			[t("oversight.object"), (d) => [object(d.source_id), el("div.sub", {}, t("as." + d.as, {}, d.as))]],
			[t("oversight.clause"), (d) => [d.clause, d.model ? el("div.model", {}, t("agreement.model")) : null]],
			[t("oversight.state"), (d) => [t("state." + d.state, {}, d.state), d.answer ? el("div.sub", {}, d.answer) : null]],
		], answer.disclosures));
	};
	const form = el("form.tools.told", { onsubmit: async (event) => {
		event.preventDefault();
		await ask().catch((error) => replace(place, problem(error)));
	} }, field(t("oversight.about"), input), el("button", {}, t("oversight.ask")));
	return el("section.card", {}, el("h2", {}, t("oversight.disclosures")), el("p.hint", {}, t("oversight.disclosures-text")), form, place);
}

// ---- agreements ----

const words = (list) => (list?.length > 0 ? list.join(", ") : "–");

function agreement(a) {
	const pairs = [
		[t("oversight.parties"), el("ul.plain", {}, a.parties.map((p) => el("li", {}, strong(p.code), " ",
			p.organisations.map((o) => `${o.name} (${o.code})`).join(", "))))],
		[t("oversight.signed"), words(a.signed_by)],
		[t("oversight.approved"), words(a.approved_by)],
		[t("oversight.enacted"), words(a.enacted_by?.map((e) => `${e.party}: ${e.delegate}`))],
		[t("oversight.ends"), a.ends_at ? day(a.ends_at) : "–"],
		[t("oversight.purposes"), a.purposes.map((p) => t("purpose." + p, {}, p)).join(", ")],
		[t("oversight.areas"), words(a.areas)],
		[t("oversight.suspended"), words([...(a.suspended_areas ?? []), ...(a.suspended_categories ?? [])])],
		[t("oversight.categories"), words(a.categories)],
		["SHA-256", el("code.hash", {}, a.hash)],
	];
	return el("section.card", {}, el("div.title.spread", {}, el("h2", { dir: "auto" }, `${a.title} · ${a.id} v${a.version}`),
		el("span.badge", { "data-outcome": a.open ? "ALLOW" : "DENY" }, a.open ? t("agreement.open") : t("agreement.closed"))),
	a.model ? el("p.model", {}, t("agreement.model")) : null,
	el("dl.lines", {}, pairs.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}

// ---- the page ----

const LISTS = [["reviews", "/reviews", reviews], ["consents", "/consents", consents], ["showings", "/internal-releases", showings]];

export function oversightPage(root) {
	const parts = LISTS.map(([name, path, view]) => {
		const place = el("div"), body = el("div", {}, el("p.empty", {}, t("loading")));
		const draw = () => get(path).then((answer) => replace(body, view(place, draw)(answer)), (error) => replace(body, problem(error)));
		draw();
		return { draw, node: el("section.card", { "data-list": name }, el("h2", {}, t("oversight." + name)), place, body) };
	});
	const agreements = el("div.main-part");
	const drawAgreements = () => replace(agreements, state.agreements.map(agreement));
	root.append(el("h1", {}, t("oversight.title")), el("p.hint", {}, t("oversight.hint", { n: number(state.agreements.length) })),
		...parts.map((p) => p.node), disclosures(), agreements);
	drawAgreements();
	return (topic) => {
		if (topic === "agreements")
			drawAgreements();
		if (topic === "events")
			parts.forEach((p) => p.draw());
	};
}
