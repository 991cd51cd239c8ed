// Signing in.

import { call } from "./api.js";
import { el } from "./dom.js";
import { field, problem } from "./forms.js";
import { t } from "./lang.js";
import { resumed, state } from "./state.js";

export function signIn(root) {
	const account = el("input", { name: "account", autocomplete: "username", required: true,
		autocapitalize: "none", spellcheck: "false", value: state.lapsed ?? "" });
	const password = el("input", { name: "password", type: "password", autocomplete: "current-password",
		required: true });
	const code = el("input", { name: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6 });
	const place = el("div");
	const button = el("button.primary", { type: "submit" }, t("sign-in.button"));
	const form = el("form.card.sign-in", { "aria-labelledby": "sign-in-title" },
		el("h1", { id: "sign-in-title" }, t("sign-in.title")),
		el("p", {}, state.lapsed ? t("sign-in.expired") : t("sign-in.text", { node: state.node?.display ?? "" })),
		field(t("sign-in.account"), account), field(t("sign-in.password"), password), field(t("sign-in.code"), code),
		place, button);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		button.disabled = true;
		place.replaceChildren();
		try {
			resumed(await call("POST", "/session", { account: account.value.trim(), password: password.value, code: code.value.trim() }));
		} catch (error) {
			place.replaceChildren(problem(error));
			password.select();
		} finally {
			button.disabled = false;
		}
	});
	root.append(form);
	(state.lapsed ? password : account).focus();
	return () => {};
}
