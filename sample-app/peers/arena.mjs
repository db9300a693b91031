// Reads and writes numbers in the arrays of a packed arena, or of a segment, by its manifest (docs/format/manifest.md).
//
//     node arena.mjs get MANIFEST NAME INDEX
//     node arena.mjs set MANIFEST NAME INDEX VALUE
//
// INDEX counts row by row. Node.js cannot map files; reading and writing the file at an offset meets the same bytes,
// because all programs on one machine share the pages of a file.

import { closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";

const numbers = {
  "<f8": { size: 8, read: (bytes) => bytes.readDoubleLE(0), write: (bytes, text) => bytes.writeDoubleLE(Number(text)) },
  "<f4": { size: 4, read: (bytes) => bytes.readFloatLE(0), write: (bytes, text) => bytes.writeFloatLE(Number(text)) },
  "<i8": { size: 8, read: (bytes) => bytes.readBigInt64LE(0), write: (bytes, text) => bytes.writeBigInt64LE(BigInt(text)) },
  "<i4": { size: 4, read: (bytes) => bytes.readInt32LE(0), write: (bytes, text) => bytes.writeInt32LE(Number(text)) },
};

function refuse(message) {
  console.error(message);
  process.exit(2);
}

const [verb, manifestFile, name, index, value] = process.argv.slice(2);
if (!(verb === "get" && index !== undefined) && !(verb === "set" && value !== undefined)) {
  refuse("usage: arena.mjs get MANIFEST NAME INDEX | set MANIFEST NAME INDEX VALUE");
}
if (verb === "set" && value !== "NaN" && Number.isNaN(Number(value))) {
  refuse(`not a number: value=${value}`);
}
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
const array = manifest.structures[name];
const number = array && numbers[array.dtype];
const length = array ? array.shape.reduce((product, each) => product * each, 1) : 0;
const at = Number(index);
if (!number || !Number.isInteger(at) || at < 0 || at >= length) {
  refuse(`no number there: name=${name}, dtype=${array && JSON.stringify(array.dtype)}, index=${index}, length=${length}`);
}

const file = openSync(resolve(dirname(manifestFile), manifest.file), verb === "set" ? "r+" : "r");
const position = array.offset + at * number.size;
// Writing behind the end would make the file longer.
if (position + number.size > fstatSync(file).size) {
  refuse(`array lies outside of the file: file=${manifest.file}`);
}
const bytes = Buffer.alloc(number.size);
if (verb === "set") {
  number.write(bytes, value);
  writeSync(file, bytes, 0, bytes.length, position);
} else {
  readSync(file, bytes, 0, bytes.length, position);
  console.log(String(number.read(bytes)));
}
closeSync(file);
