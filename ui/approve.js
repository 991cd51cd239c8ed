// What waits for a second pair of eyes.

import { get, id as escaped, post } from "./api.js";
import { typeName } from "./badges.js";
import { when } from "./bar.js";
import { decisionView, objectOf } from "./decision.js";
import { el, replace } from "./dom.js";
import { action, field, notice, problem } from "./forms.js";
import { t } from "./lang.js";
import { split } from "./split.js";
import { may, refresh, state } from "./state.js";

const keyOf = (item) => `${item.order_id}/${item.ordinal}`;
const roleName = (role) => t("role." + role, {}, role);
const reasons = new Map(); // written, not sent yet; a refusal that fails loses nothing

const emergencyOf = (item) => [item.harm === "none" ? "" : item.harm, item.break_glass].filter(Boolean).join(" · ");

const spoken = (g) => ({ account: g.account, role: roleName(g.role), at: when(g.at) });

// Why it cannot wait, who has spoken already, and until when it waits.
function circumstances(item) {
	const emergency = emergencyOf(item);
	return [
		emergency ? el("p.problem", {}, el("b", {}, t("approve.emergency")), ` (${emergency}): `, el("span", { dir: "auto" }, item.reason)) : null,
		item.strict ? el("p.hint", {}, t("approve.strict")) : null,
		item.legal_basis ? el("p.hint", {}, t("approve.basis", { code: item.legal_basis })) : null,
		item.contact ? el("p.hint", {}, t("approve.contact." + item.contact), " ", el("span", { dir: "auto" }, item.reason)) : null,
		item.asked ? el("p.hint", {}, t("approve.asked-of", { asked: item.asked, to: item.recipient })) : null,
		el("p.hint", {}, t("approve.until", { at: when(item.expires_at) })),
		item.given.length > 0 ? el("ul.plain.hint", {}, item.given.map((g) => el("li", {},
			g.counts ? t("approve.given", spoken(g)) : t("approve.given-void", spoken(g))))) : null];
}

function entry(item) {
	const object = objectOf(item.id);
	return { key: keyOf(item), content: [
		el("span.name", { dir: "auto" }, object.name || typeName(object.type)),
		el("span.sub", {}, typeName(object.type), " → ", item.recipient),
		el("span.badge", { "data-outcome": "HOLD" }, item.missing.map(roleName).join(", ")),
		emergencyOf(item) ? el("span.badge", { "data-outcome": "DENY" }, t("approve.emergency")) : null,
		el("span.sub", {}, item.proposer, ", ", when(item.changed_at))] };
}

// An approval is bound to the bytes that were shown here.
function verdict(item, refreshed) {
	const key = keyOf(item);
	const mine = [...new Set(item.missing)].filter(may.approveAs);
	const path = `/approvals/${escaped(item.order_id)}/${item.ordinal}`;
	const place = el("div");
	if (item.proposer === state.session.account)
		return el("p.hint", {}, t("approve.own"));
	if (mine.length === 0)
		return el("p.hint", {}, t("approve.not-yours", { roles: item.missing.map(roleName).join(", ") }));
	const approve = (role) => action(
		el("button.primary", { type: "button", "data-approve": role }, t("approve.as", { role: roleName(role) })), place,
		async () => {
			const { released } = await post(path + "/approve", { role, bytes_sha256: item.bytes_sha256 });
			notice(released ? t("approve.released") : t("approve.noted"));
			refreshed();
		});
	const reason = el("textarea", { rows: 2, maxlength: 500 });
	reason.value = reasons.get(key) ?? "";
	reason.addEventListener("input", () => reasons.set(key, reason.value));
	const refuse = action(el("button.danger", { type: "button", "data-refuse": "" }, t("approve.refuse")), place, async () => {
		if (reason.value.trim() === "") {
			reason.focus();
			return replace(place, el("div.problem", { role: "alert" }, t("approve.reason-needed")));
		}
		await post(path + "/refuse", { role: mine[0], bytes_sha256: item.bytes_sha256, reason: reason.value.trim() });
		reasons.delete(key);
		notice(t("approve.refused"));
		refreshed();
	});
	return el("div.verdict", {}, el("div.buttons", {}, mine.map(approve)),
		el("div.refusal", {}, field(t("approve.reason"), reason), refuse), place);
}

function view(item) {
	const original = el("div", {}, el("p.empty", {}, t("loading")));
	const d = { ...item.decision, bytes_sha256: item.bytes_sha256 };
	get(`/objects/${escaped(item.id)}`).then(
		(object) => {
			const newer = d.version && object.version !== d.version;
			replace(original, newer ? el("p.problem", {}, t("approve.newer")) : null, decisionView(d, object.raw));
		},
		(error) => replace(original, problem(error), decisionView(d, "")));
	return [
		el("p.hint", {}, t("approve.asked", { proposer: item.proposer, to: item.recipient,
			purpose: t("purpose." + item.purpose, {}, item.purpose) }), " · ", when(item.changed_at)),
		item.channel === "person" ? el("p.problem", {}, t("approve.person", { name: item.person_name, card: item.person })) : null,
		circumstances(item), verdict(item, () => refresh("holds", "releases", "objects")), original];
}

export function approvePage(root) {
	const empty = el("p.empty.card"), parts = split(t("page.approve"), (key) => {
		const item = state.holds.find((i) => keyOf(i) === key);
		return item ? view(item) : null;
	});
	const draw = () => {
		const n = state.holds.length;
		replace(empty, state.loaded.has("holds") ? t("approve.empty") : t("loading"));
		empty.hidden = n > 0;
		parts.node.hidden = n === 0;
		parts.draw(state.holds.map(entry));
	};
	root.append(el("h1", {}, t("approve.title")), el("p.hint", {}, t("approve.text")), empty, parts.node);
	draw();
	return (topic) => topic === "holds" && draw();
}
