// Small signs that mean the same on every page.

import { el } from "./dom.js";
import { t } from "./lang.js";

export const OUTCOMES = ["ALLOW", "ALLOW_WITH_REDACTION", "HOLD", "DENY", "ROUTE"];

export const tlp = (name) => el("span.tlp", { "data-tlp": name || "none" }, name ? `TLP:${name}` : t("tlp.none"));

export const outcome = (name) => el("span.badge", { "data-outcome": name }, t("outcome." + name, {}, name));

export const releaseState = (name) => el("span.badge", { "data-state": name }, t("state." + name, {}, name));

export const code = (name) => el("span.code", { title: t("code." + name, {}, "") },
	el("code", {}, name), el("span", {}, t("code." + name, {}, "")));

export const typeName = (type) => t("type." + type, {}, type);

// What a person calls an object.
export const nameOf = (object) => object?.name || typeName(object?.type ?? "");
