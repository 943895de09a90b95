// Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
// The semver package is the one every npm brings along.
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const quietly = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
const modules = execFileSync('npm', ['root', '--global'], quietly).trim();
const folder = join(modules, 'npm', 'node_modules', 'semver');
const semver = require(folder);

// Versions of one or two numbers are asked about with the missing zeros filled in.
function read(text) {
  const short = /^([v=]*\d+)(\.\d+)?(?![.\d])(.*)$/.exec(text);
  const full = short ? `${short[1]}${short[2] ?? '.0'}.0${short[3]}` : text;
  return semver.parse(full, { loose: true });
}

if (process.argv[2] === '--version') {
  console.log(`npm semver ${require(join(folder, 'package.json')).version}`);
} else {
  for (const line of readFileSync(0, 'utf8').trimEnd().split('\n')) {
    const [a, b] = line.split('\t').map(read);
    console.log(a && b ? '<=>'[semver.compare(a, b, true) + 1] : '!');
  }
}
