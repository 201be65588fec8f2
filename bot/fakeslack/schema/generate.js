// Reads the types of Slack's blocks, views and metadata, with the limits in
// their comments, and prints them as the rules in rules.json. The types are
// MIT-licensed: https://www.npmjs.com/package/@slack/types.
//
// To make rules.json anew, in this folder:
//
//   npm install --ignore-scripts --prefix DIR @slack/types@3.2.0 typescript@5.9.3
//   node generate.js DIR > rules.json
//
// A field's rule says what a value "is" (string, number, boolean, list, object,
// or the name of an object below), which of an "enum" it is, its "min" and "max"
// (characters of a string, items of a list, a number itself), and as "text" the
// most characters in a text object at this place.
'use strict';
const fs = require('fs');
const path = require('path');

const modules = path.join(path.resolve(process.argv[2]), 'node_modules');
const ts = require(path.join(modules, 'typescript'));
const types = path.join(modules, '@slack', 'types');
const roots = ['HomeView', 'ModalView', 'MessageMetadata'];

// declared holds every interface and type alias of the package's part we read.
const declared = new Map();
for (const file of ['block-kit/blocks', 'block-kit/block-elements', 'block-kit/composition-objects',
  'block-kit/extensions', 'views', 'message-metadata']) {
  const name = path.join(types, 'dist', file + '.d.ts');
  const source = ts.createSourceFile(name, fs.readFileSync(name, 'utf8'), ts.ScriptTarget.Latest, true);
  source.forEachChild((n) => {
    if (ts.isInterfaceDeclaration(n) || ts.isTypeAliasDeclaration(n)) declared.set(n.name.text, n);
  });
}

// AnyBlock takes whatever has a type; the blocks that Slack takes are KnownBlock.
declared.set('AnyBlock', declared.get('KnownBlock'));

const objects = {};
const unread = [];
roots.forEach(object);
if (unread.length) throw new Error('limits in a form that is not read:\n' + unread.join('\n'));
process.stdout.write(print());

// object adds a declared object to the rules, once.
function object(name) {
  if (!objects[name]) {
    objects[name] = {};
    objects[name] = merged(shapes(declared.get(name)), name);
  }
  return [name];
}

// shapes returns the forms that a type has: one, or one per member of a union.
// A form is a map from a field's name to its declaration.
function shapes(node) {
  if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
    return shapes(declared.get((node.typeName || node.expression).getText()));
  }
  if (ts.isTypeAliasDeclaration(node) || ts.isParenthesizedTypeNode(node)) return shapes(node.type);
  if (ts.isUnionTypeNode(node)) return node.types.flatMap(shapes);
  if (ts.isIntersectionTypeNode(node)) return node.types.map(shapes).reduce(product);
  const above = (node.heritageClauses || []).flatMap((c) => c.types).map(shapes);
  return [...above, [new Map(node.members.map((m) => [m.name ? m.name.getText() : '*', m]))]].reduce(product);
}

// product joins the forms of what a type extends or is an intersection of. The
// type's own value, such as 'image', stays where a base says only that it is text.
function product(a, b) {
  return a.flatMap((x) => b.map((y) => {
    const both = new Map([...x, ...y]);
    if (x.has('type') && literals(x.get('type').type)) both.set('type', x.get('type'));
    return both;
  }));
}

// merged makes one object of its forms. Fields that only some forms have are
// listed as one_of: a value has those of exactly one form.
function merged(forms, place) {
  const out = { fields: {} };
  const names = [...new Set(forms.flatMap((f) => [...f.keys()]))];
  for (const name of names.sort()) {
    const members = forms.filter((f) => f.has(name)).map((f) => f.get(name));
    const everywhere = members.length === forms.length;
    const literal = name === 'type' && literals(members[0].type);
    if (literal) {
      out.type = literal[0];
    } else if (name === '*') {
      out.open = value(members[0].type, '', place);
    } else {
      out.fields[name] = field(members, everywhere, place);
    }
  }
  const own = forms.map((f) => names.filter((n) => f.has(n) && !forms.every((g) => g.has(n))));
  if (own.some((o) => o.length)) out.one_of = own;
  return out;
}

// field is the rule for one field, of all the forms that declare it.
function field(members, everywhere, place) {
  const rules = [...new Set(members)].map((m) =>
    value(m.type, comment(m), (m.parent.name ? m.parent.name.text : place) + '.' + m.name.getText()));
  const rule = rules[0];
  rule.is = [...new Set(rules.flatMap((r) => r.is))];
  return everywhere && !members.some((m) => m.questionToken) ? { required: true, ...rule } : rule;
}

// literals returns the strings or numbers of a type that is made of nothing else.
function literals(node) {
  if (ts.isTypeReferenceNode(node) && declared.has(node.typeName.getText())) {
    const to = declared.get(node.typeName.getText());
    return ts.isTypeAliasDeclaration(to) && literals(to.type);
  }
  const parts = ts.isUnionTypeNode(node) ? node.types : [node];
  return parts.every(ts.isLiteralTypeNode) && parts.map((p) => JSON.parse(p.getText().replace(/'/g, '"')));
}

// value is the rule for a type; place names the objects that have no name.
function value(node, text, place) {
  const values = literals(node);
  if (values) return { is: [typeof values[0]], enum: values };
  if (ts.isParenthesizedTypeNode(node)) return value(node.type, text, place);
  if (ts.isArrayTypeNode(node)) {
    const [list, item, inner] = itemTexts(text);
    const items = value(node.elementType, ts.isArrayTypeNode(node.elementType) ? inner : item, place);
    return { is: ['list'], ...limits(list, 'list'), items };
  }
  const is = [...new Set(atoms(node, place))];
  return { is, ...limits(text, is[0]) };
}

// atoms lists what a value may be.
function atoms(node, place) {
  if (ts.isParenthesizedTypeNode(node)) return atoms(node.type, place);
  if (ts.isUnionTypeNode(node)) return node.types.flatMap((t) => atoms(t, place));
  if (ts.isArrayTypeNode(node)) return ['list'];
  if (ts.isTypeLiteralNode(node)) {
    objects[place] = merged(shapes(node), place);
    return [place];
  }
  if (!ts.isTypeReferenceNode(node)) return [node.getText()];
  const name = node.typeName.getText();
  if (name === 'Record') return ['object'];
  const to = declared.get(name);
  // A union of objects that no type tells apart is one object in several forms.
  if (ts.isTypeAliasDeclaration(to) && ts.isUnionTypeNode(to.type) && shapes(to)[0].has('type')) {
    return atoms(to.type, place);
  }
  return object(name);
}

function comment(member) {
  const docs = (member.jsDoc || []).map((d) => d.getText()).join(' ');
  return docs.replace(/\{@link \S+ ?([^}]*)\}/g, '$1').replace(/^\s*\*+/gm, ' ').replace(/[`/]/g, '').replace(/\s+/g, ' ');
}

// itemTexts splits a list's comment into what is said of the list, of its items,
// and of the lists that are its items.
function itemTexts(text) {
  const item = /[^.]*\beach item\b[^.]*\./.exec(text);
  const inner = /[^.]*\beach row\b[^.]*\./i.exec(text);
  let list = text;
  for (const m of [item, inner]) if (m) list = list.replace(m[0], '');
  return [list, item ? item[0] : '', inner ? inner[0].replace(/each row/i, 'it') : ''];
}

// limits reads the limits in a comment, for a value of a kind.
function limits(text, kind) {
  const found = (re, plus = 0) => {
    const m = re.exec(text);
    return m ? Number(m[1].replace(/,/g, '')) + plus : undefined;
  };
  const first = (...all) => all.find((n) => n !== undefined);
  let out = {};
  if (kind === 'number') {
    out.min = first(found(/minimum of (\d+)/i), found(/\bmin (\d+)/i), found(/between (\d+) and/i), found(/number from (\d+)/i),
      found(/minimum number is (\d+)/i));
    out.max = first(found(/maximum of (\d+)/i), found(/\bmax (\d+)/i), found(/between \d+ and (\d+)/i),
      found(/number from \d+ \(default\) to (\d+)/i), found(/maximum value is (\d+)/i));
  } else if (kind === 'list') {
    out.min = found(/minimum (\d+)/i);
    out.max = first(found(/max(?:imum)? (?:of )?(\d+) \w+/i), found(/maximum number of [a-z ]+ is (\d+)/i), found(/up to (\d+)/i));
  } else if (kind !== 'boolean') {
    const most = first(found(/max(?:imum)? length[^.]*? ([\d,]+) characters/i), found(/limit ([\d,]+) characters/i),
      found(/less than ([\d,]+) characters/i, -1));
    const least = found(/minimum length[^.]*? is (\d+)/i);
    out = kind === 'string' ? { min: least, max: most } : { text: most };
  }
  if (Object.values(out).every((n) => n === undefined) && /\b(max|min|maximum|minimum|at most|up to|less than|limit)\b[^.]*\d/i.test(text)) {
    unread.push(text);
  }
  return JSON.parse(JSON.stringify(out));
}

// print writes one line per field, in the order of the names.
function print() {
  const line = (v) => JSON.stringify(v).replace(/([,:])(?=["[{\d])/g, '$1 ').replace(/:(?=true)/g, ': ');
  const version = JSON.parse(fs.readFileSync(path.join(types, 'package.json'), 'utf8')).version;
  const parts = Object.keys(objects).sort().map((name) => {
    const { fields, ...rest } = objects[name];
    const lines = Object.keys(rest).sort().map((k) => `      ${JSON.stringify(k)}: ${line(rest[k])}`);
    const rows = Object.keys(fields).sort().map((k) => `        ${JSON.stringify(k)}: ${line(fields[k])}`);
    if (rows.length) lines.push(`      "fields": {\n${rows.join(',\n')}\n      }`);
    return `    ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n    }`;
  });
  return `{\n  "from": "@slack/types ${version}",\n  "objects": {\n${parts.join(',\n')}\n  }\n}\n`;
}
