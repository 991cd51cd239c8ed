// What may leave, and why; then the sending of exactly that.

import { post } from "./api.js";
import { outcome, OUTCOMES, tlp, typeName } from "./badges.js";
import { when } from "./bar.js";
import { decisionView, objectOf, selectionLine } from "./decision.js";
import { el, replace } from "./dom.js";
import { action, question } from "./forms.js";
import { number, t } from "./lang.js";
import { preview } from "./objects.js";
import { split } from "./split.js";
import { may, refresh, state } from "./state.js";

// What needs a look stands before what leaves as it is.
const WEIGHT = ["ALLOW_WITH_REDACTION", "HOLD", "DENY", "ROUTE", "ALLOW"];
const weighty = (a, b) => WEIGHT.indexOf(a.outcome) - WEIGHT.indexOf(b.outcome);

const count = (decisions, name) => decisions.filter((d) => d.outcome === name).length;

function entry(d) {
	const object = objectOf(d.id);
	return { key: d.id, content: [
		el("span.name", { dir: "auto" }, object.name || typeName(object.type)),
		el("span.sub", {}, typeName(object.type), " ", tlp(object.tlp), " ", t("half." + d.half)),
		el("span.verdicts", {}, outcome(d.outcome), d.codes.length > 0 ? el("code.codes", {}, d.codes.join(" ")) : null)] };
}

// The bytes that were looked at are the bytes that are sent: their hashes go along.
async function send({ ask, answer }) {
	const { with: _, ...order } = ask, expect = {};
	const named = new Set(answer.ids);
	for (const d of answer.decisions.filter((d) => named.has(d.id)))
		expect[d.id] = d.bytes_sha256;
	const sent = await post("/orders", { ...order, recipient: answer.recipient, ids: answer.ids, at: answer.at, expect });
	state.preview.sent = sent;
	state.chosen.clear();
	refresh();
}

function summaryLines(decisions, ask) {
	const leaves = count(decisions, "ALLOW") + count(decisions, "ALLOW_WITH_REDACTION");
	return el("ul.plain", {},
		el("li", {}, t("send.leaves", { n: number(leaves), copies: number(count(decisions, "ALLOW_WITH_REDACTION")) })),
		el("li", {}, t("send.waits", { n: number(count(decisions, "HOLD")) })),
		ask.strict ? el("li", {}, t("ask.strict"), ": ", t("strict.true")) : null,
		ask.legal_basis ? el("li", {}, t("approve.basis", { code: ask.legal_basis })) : null,
		el("li", {}, t("send.stays", { n: number(count(decisions, "DENY") + count(decisions, "ROUTE")) })));
}

function sentCard(sent) {
	return el("div.done-card", { role: "status" },
		el("h2", {}, t("sent.title", { leaf: number(sent.leaf) })),
		el("p", {}, t("sent.text", { released: number(sent.released), held: number(sent.held), denied: number(sent.denied) })),
		el("p", {}, el("a", { href: "#/live" }, t("sent.live")),
			sent.held > 0 ? [" · ", el("a", { href: "#/approve" }, t("sent.approve"))] : null));
}

// What hangs on an incident and was not asked about.
function leftOut(list) {
	if (list.length === 0)
		return null;
	return el("details.left-out", {}, el("summary", {}, t("preview.left-out", { n: number(list.length) })),
		el("ul", {}, list.map(({ id, half }) => {
			const object = objectOf(id);
			return el("li", {}, el("span", { dir: "auto" }, object.name || typeName(object.type)), " · ",
				typeName(object.type), " · ", t("half." + half));
		})));
}

export function previewPage(root) {
	const p = state.preview;
	if (!p) {
		root.append(el("section.card.empty-page", {}, el("h1", {}, t("page.preview")), el("p", {}, t("preview.empty")),
			el("a", { href: "#/objects" }, t("page.objects"))));
		return () => {};
	}
	const { ask, answer } = p;
	const sorted = answer.decisions.toSorted(weighty);
	const place = el("div"), buttons = el("div.buttons");
	let only = "";
	const parts = split(t("preview.list"), (key) => {
		const d = answer.decisions.find((d) => d.id === key);
		return decisionView(d, d.original);
	});
	const draw = () => parts.draw(sorted.filter((d) => only === "" || d.outcome === only).map(entry));
	const filter = (name, n) => el("button.filter", {
		type: "button", "aria-pressed": String(name === only), "data-outcome": name,
		onclick: (event) => {
			only = name === only ? "" : name;
			for (const other of event.currentTarget.parentNode.children)
				other.setAttribute("aria-pressed", String(other.dataset.outcome === only));
			draw();
		} }, el("b", {}, number(n)), " ", name ? t("outcome." + name) : t("preview.all"));
	const drawButtons = () => replace(buttons,
		state.preview.sent ? sentCard(state.preview.sent) : [
			may.send() ? el("button.primary", { type: "button", id: "send", onclick: () => question({
				title: t("send.title", { to: ask.to }), text: summaryLines(answer.decisions, ask), button: t("send.button"),
				run: async () => {
					await send(p);
					drawButtons();
				} }) }, t("send.open"))
				: el("p.hint", {}, t("send.officer-only")),
			action(el("button", { type: "button" }, t("preview.again")), place, async () => {
				await preview(ask.ids);
				previewPage(root);
			})]);
	replace(root,
		el("a.back", { href: "#/objects" }, "← ", t("page.objects")),
		el("div.title.spread", {}, el("div", {}, el("h1", {}, t("preview.title", { to: ask.to })), el("p.hint", {},
			[t("purpose." + ask.purpose, {}, ask.purpose), ask.area, when(answer.at)].filter(Boolean).join(" · "))), buttons),
		place,
		leftOut(answer.left_out),
		selectionLine(answer.bundle.said),
		el("div.filters", { role: "group", "aria-label": t("preview.filter") },
			[["", answer.decisions.length], ...OUTCOMES.map((o) => [o, count(answer.decisions, o)])]
				.filter(([, n]) => n > 0).map(([name, n]) => filter(name, n))),
		parts.node);
	drawButtons();
	draw();
	return () => {};
}
