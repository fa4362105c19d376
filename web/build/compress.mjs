// Writes FILE.br beside every FILE, compressed by brotli as small as it gets: `node web/build/compress.mjs FILE…`.
//
// Node's own zlib, since Node is needed anyway: the program `brotli` would have to be installed first.

import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);
const smallest = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

// All at once: they are few, and Node's threads share the work.
await Promise.all(process.argv.slice(2).map(async (file) => writeFile(`${file}.br`, await compress(await readFile(file), smallest))));
