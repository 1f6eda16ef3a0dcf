// Makes the npm packages, in out/packages: the one of a platform, with the addon,
// and the main one, which names it as an optional dependency. Run by scripts/node.
// What has been made beforehand, in the same folder and of the same version, is
// named too.
//
//     node pack.mjs [PLATFORM ADDON FOLDER]
//
// FOLDER holds the licences of what is linked into the addon.

import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const packages = join(here, 'out/packages')
// What's only for the checkout stays there; "private" keeps that from being published.
const {
  devDependencies,
  prettier,
  private: _,
  ...main
} = JSON.parse(readFileSync(join(here, 'package.json')))
const LICENSES = ['LICENSE-APACHE', 'LICENSE-MIT']
const THIRD_PARTY = 'LICENSE-THIRD-PARTY'

/** Packs what `fill` puts into a folder. */
function pack(manifest, fill) {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-pack-'))
  try {
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    for (const name of LICENSES) cpSync(join(root, name), join(folder, name))
    fill(folder)
    execFileSync('npm', ['pack', '--silent', '--pack-destination', packages], { cwd: folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function packPlatform(name, addon, notices) {
  const { version, license, engines } = main
  const [os, cpu, libc] = name.split('-')
  const manifest = {
    name: `@jeton/${name}`,
    version,
    description: `The native half of jeton for ${name}`,
    license,
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc === 'gnu' ? 'glibc' : libc] }),
    main: 'jeton.node',
    files: ['jeton.node', ...LICENSES, THIRD_PARTY],
  }
  pack(manifest, (folder) => {
    cpSync(addon, join(folder, 'jeton.node'))
    cpSync(join(notices, THIRD_PARTY), join(folder, THIRD_PARTY))
    writeFileSync(join(folder, 'README.md'), `${manifest.description}; installed with \`jeton\`.\n`)
  })
}

function packMain() {
  const made = readdirSync(packages)
    .map((file) =>
      new RegExp(`^jeton-(.+-.+)-${main.version.replaceAll('.', '\\.')}\\.tgz$`).exec(file),
    )
    .filter(Boolean)
  const optionalDependencies = Object.fromEntries(
    made.map(([, name]) => [`@jeton/${name}`, main.version]).sort(),
  )
  const files = [...main.files, ...LICENSES]
  pack({ ...main, files, optionalDependencies }, (folder) => {
    for (const name of [...main.files, 'README.md']) {
      cpSync(join(here, name), join(folder, name), { recursive: true })
    }
  })
}

mkdirSync(packages, { recursive: true })
const { platform } = createRequire(import.meta.url)('./lib/platform.js')
const [name = platform(), addon = join(here, 'out/jeton.node'), notices = join(root, 'build')] =
  process.argv.slice(2)
packPlatform(name, addon, notices)
packMain()
console.log(readdirSync(packages).join('\n'))
