// The REST face of the node. Everything goes to our own origin; the header
// says that the request was made by this page and not by a form elsewhere.

export class Refused extends Error {
	constructor(status, { code = "", message = "", where = "" } = {}) {
		super(message);
		Object.assign(this, { status, code, where });
	}
}

let onSignedOut = () => {};
export const whenSignedOut = (fn) => (onSignedOut = fn);

export async function call(method, path, body, { signal } = {}) {
	const headers = { Accept: "application/json" };
	if (method !== "GET")
		headers["X-Torana-Request"] = "1";
	if (body !== undefined)
		headers["Content-Type"] = "application/json";
	let answer;
	try {
		answer = await fetch("/api/v1" + path, {
			method, headers, signal, credentials: "same-origin", redirect: "error",
			body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
		});
	} catch (error) {
		if (error.name === "AbortError")
			throw error;
		throw new Refused(0, { code: "console.unreachable" });
	}
	const text = await answer.text();
	let data = null;
	try {
		data = text === "" ? null : JSON.parse(text);
	} catch {
		throw new Refused(answer.status, { code: "console.answer" });
	}
	if (answer.ok)
		return data;
	if (answer.status === 401 && path !== "/session")
		onSignedOut();
	throw new Refused(answer.status, data?.error);
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body) => call("POST", path, body);
export const id = encodeURIComponent;
