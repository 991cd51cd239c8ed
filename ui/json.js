// Reads JSON for showing it: keeps the order of members and the spelling of
// numbers, which JSON.parse() does not. A value is
// { kind: "object", members: [[name, value]] }, { kind: "array", items: [] },
// { kind: "string", text } or { kind: "other", text }; all have `raw`.

const DEPTH_MAX = 128; // the node refuses deeper objects long before
const TOKEN = /[ \t\r\n]*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s{}[\]:,"]+)/y;

export function readJson(text) {
	let at = 0;
	const next = () => {
		TOKEN.lastIndex = at;
		const found = TOKEN.exec(text);
		if (!found)
			throw new SyntaxError(`no JSON at character ${at}`);
		at = TOKEN.lastIndex;
		return found[1];
	};
	const value = (token, depth) => {
		if (depth > DEPTH_MAX)
			throw new SyntaxError("nested too deep");
		const begin = at - token.length;
		const done = (node) => Object.assign(node, { raw: text.slice(begin, at) });
		if (token === "{")
			return done(members(depth));
		if (token === "[")
			return done(items(depth));
		if (token[0] === '"')
			return done({ kind: "string", text: JSON.parse(token) });
		return done({ kind: "other", text: token });
	};
	const members = (depth) => {
		const list = [];
		let token = next();
		while (token !== "}") {
			const name = JSON.parse(token === "," ? next() : token);
			next();
			list.push([name, value(next(), depth + 1)]);
			token = next();
		}
		return { kind: "object", members: list };
	};
	const items = (depth) => {
		const list = [];
		let token = next();
		while (token !== "]") {
			list.push(value(token === "," ? next() : token, depth + 1));
			token = next();
		}
		return { kind: "array", items: list };
	};
	return value(next(), 0);
}

// Equal values have equal texts, in whatever order their members stand.
export function canonical(node) {
	if (node.kind === "object")
		return "{" + node.members.map(([k, v]) => JSON.stringify(k) + ":" + canonical(v)).sort().join() + "}";
	if (node.kind === "array")
		return "[" + node.items.map(canonical).join() + "]";
	return node.kind === "string" ? JSON.stringify(node.text) : node.text;
}
