'use strict'

// Makes and drops many handles of each kind, also where the constructor fails,
// and prints by how many megabytes the process grew meanwhile.

const jeton = require('../..')

const count = Number(process.argv[2])
const SECRET = '0123456789abcdef0123456789abcdef'
const keys = jeton.Keys.secret(SECRET, { algorithm: 'HS256' })
const jwk = jeton.Keys.generateSync({ algorithm: 'EdDSA' }).private()
const minting = { issuer: 'i', audience: 'a', lifetime: 86_400 }
const verifying = { issuer: 'i', audience: 'a' }
const minter = new jeton.Minter(keys, minting)
const verifier = new jeton.Verifier(keys, verifying)
const store = new jeton.Revocations('memory:')
const revoking = new jeton.Verifier(keys, verifying, store)
const token = minter.mintSync({ sub: 'ada' })
const hosted = { url: 'https://keys.test/jwks', stale: null, refresh: false }
const source = new jeton.Source(hosted)
const pending = new jeton.Verifier(source.keys(), verifying)

const publicKeys = new jeton.Keys(jeton.Keys.generateSync({ algorithm: 'EdDSA' }).public())

/** A minter that its signer leads back to. */
function external() {
  const sign = () => {
    throw sign.minter
  }
  sign.minter = jeton.Minter.external(publicKeys, sign, minting)
  return sign.minter
}

const fails = (body) => () => {
  try {
    body()
  } catch (error) {
    if (error.code !== 'internal') return
  }
  throw new Error('this had to fail')
}

const kinds = {
  keys: () => new jeton.Keys(jwk),
  secret: () => jeton.Keys.secret(SECRET, { algorithm: 'HS256' }),
  minter: () => new jeton.Minter(keys, minting),
  external,
  verifier: () => new jeton.Verifier(keys, verifying, store),
  claims: () => verifier.verifySync(token),
  heldClaims: () => revoking.verifySync(token),
  revocations: () => new jeton.Revocations('memory:'),
  source: () => new jeton.Source(hosted),
  sourceKeys: () => source.keys(),
  bearer: () => new jeton.Bearer(verifier, {}, 'admin-token'),
  found: () => new jeton.Bearer(revoking).resolveSync({ authorization: `Bearer ${token}` }),
  heldError: fails(() => pending.verifySync(token)),
  noKeys: fails(() => new jeton.Keys('{}')),
  noSecret: fails(() => jeton.Keys.secret('short', { algorithm: 'HS256' })),
  noMinter: fails(() => new jeton.Minter(keys, {})),
  noExternal: fails(() => jeton.Minter.external(keys, () => {}, minting)),
  noSignature: fails(() => external().mintSync({})),
  noVerifier: fails(() => new jeton.Verifier([keys, keys, source], verifying)),
  noClaims: fails(() => verifier.verifySync(`${token}A`)),
  noRevocations: fails(() => new jeton.Revocations('sqlite:')),
  noSource: fails(() => new jeton.Source({ url: 'http://keys.test', stale: null })),
  noBearer: fails(() => new jeton.Bearer(verifier, { order: [], x: 1 })),
}
const later = {
  generated: () => jeton.Keys.generate({ algorithm: 'HS256' }),
  minted: () => minter.mint({}),
  many: () => verifier.verifyMany([token, 'x']),
  notGenerated: () => jeton.Keys.generate({ algorithm: 'x' }).catch(() => {}),
  notMinted: () => minter.mint('{').catch(() => {}),
}

/** Megabytes, after whatever can go has gone. */
function resident() {
  global.gc()
  for (let n = 0; n < 64; n++) new jeton.Verifier(keys, verifying) // each sweeps twice
  return process.memoryUsage().rss / 2 ** 20
}

async function main() {
  const grown = {}
  for (const [name, make] of [...Object.entries(kinds), ...Object.entries(later)]) {
    const round = async (times) => {
      for (let n = 0; n < times; n += 50) {
        await Promise.all(Array.from({ length: 50 }, make))
      }
    }
    await round(count) // what the first ones take is taken once
    const before = resident()
    await round(count)
    grown[name] = Math.round(resident() - before)
  }
  console.log(JSON.stringify(grown))
}

main()
