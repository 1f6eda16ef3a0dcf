// Makes the npm packages, in out/packages: the one of this platform, with the
// addon, and the main one, which names it as an optional dependency. Run by
// `scripts/node pack`. What other machines have made beforehand, in the same
// folder and of the same version, is named too.

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
// Of what is linked into the addon; scripts/build writes it.
const THIRD_PARTY = 'LICENSE-THIRD-PARTY'

/** The platform of this machine, as npm and as the packages' names have it. */
function platform() {
  const { platform: os, arch: cpu } = process
  if (os !== 'linux') return { name: `${os}-${cpu}`, os, cpu }
  const isGlibc = process.report.getReport().header.glibcVersionRuntime !== undefined
  const [suffix, libc] = isGlibc ? ['gnu', 'glibc'] : ['musl', 'musl']
  return { name: `${os}-${cpu}-${suffix}`, os, cpu, libc }
}

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

function packPlatform({ name, os, cpu, libc }) {
  const { version, license, engines } = main
  const manifest = {
    name: `@jeton/${name}`,
    version,
    description: `The native half of jeton for ${name}`,
    license,
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    main: 'jeton.node',
    files: ['jeton.node', ...LICENSES, THIRD_PARTY],
  }
  pack(manifest, (folder) => {
    cpSync(join(here, 'out/jeton.node'), join(folder, 'jeton.node'))
    cpSync(join(root, 'build', THIRD_PARTY), join(folder, THIRD_PARTY))
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
packPlatform(platform())
packMain()
console.log(readdirSync(packages).join('\n'))
