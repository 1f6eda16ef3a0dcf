'use strict'

// tests/vectors, whose README says what each kind does: the verdicts of every language.

const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')

const jeton = require('..')

const folder = join(__dirname, '../../../tests/vectors')

/** What a KEY makes. */
function keysOf(file, named) {
  const key = typeof named === 'string' ? file.keys[named] : named
  assert.ok(key, `no key ${named}`)
  if (key.derive !== undefined) {
    const old = key.old_secret === undefined ? undefined : bytes(key.old_secret)
    return jeton.Keys.derive(bytes(key.secret), key.derive, old)
  }
  if (key.secret !== undefined) return jeton.Keys.secret(bytes(key.secret), key.options ?? '{}')
  const document = key.jwks ?? key.text ?? bytes(key.der)
  return new jeton.Keys(document, key.options)
}

/** Whole numbers that a double can't hold are marked, to be written as they were. */
function read(path) {
  const marked = readFileSync(path, 'utf8').replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (found) =>
    found.startsWith('"') || Number.isSafeInteger(+found) ? found : `"\ue000${found}"`,
  )
  return JSON.parse(marked)
}

const bytes = (base64url) => Buffer.from(base64url, 'base64url')

/** A DOCUMENT as the binding takes it: an object, or exactly this text. */
function document(value = '{}') {
  const text = JSON.stringify(value)
  return text.includes('\ue000') ? text.replace(/"\ue000(-?\d+)"/g, '$1') : value
}

function tokenOf(vector) {
  if (vector.token_base64url !== undefined) return bytes(vector.token_base64url)
  if (vector.repeat === undefined) return vector.token
  const { before, text, count, after } = vector.repeat
  return before + text.repeat(count) + after
}

function callOf(vector) {
  const { access_token: accessToken, ...call } = vector.call ?? {}
  return { now: vector.now, ...call, ...(accessToken !== undefined && { accessToken }) }
}

function revocationsOf(vector) {
  if (vector.revocations === undefined) return null
  const { rules = [], switches = [], at = vector.now } = vector.revocations
  const store = new jeton.Revocations('memory:')
  for (const rule of rules) store.revokeSync(document(rule), { now: at })
  for (const { scope, name, on } of switches) store.switchSync(scope, name, on)
  return store
}

function verifierOf(file, vector, options) {
  const keys = [vector.keys].flat().map((key) => keysOf(file, key))
  const revocations = revocationsOf(vector)
  // What comes before must succeed: only this may be what the vector is about.
  const lists = vector.lists?.map((list) => listOf(file, list))
  const make = () => new jeton.Verifier(keys, document(options), revocations)
  return { make: lists ? () => make().following(lists) : make }
}

function listOf(file, { keys, options, token }) {
  const source = jeton.Source.statusList(keysOf(file, keys), document(options))
  assert.equal(source.claim().accept, 'application/statuslist+jwt')
  source.accept(undefined, token)
  return source
}

const verified = (claims) =>
  claims && {
    claims: claims.json,
    algorithm: claims.algorithm,
    kid: claims.kid ?? null,
    trust: claims.trust,
    expires: claims.expires ?? null,
    thumbprint: claims.thumbprint,
  }

/** The set as `expect` asks for it: not every set can be written, and some only in private. */
const asked = (expect, keys) =>
  Object.fromEntries(
    ['public', 'private']
      .filter((name) => name in expect)
      .map((name) => [name, JSON.stringify(keys[name]())]),
  )

/** Prepares what a vector rests on, and returns what it is about, to be called once. */
const kinds = {
  verify(file, vector) {
    const verifier = verifierOf(file, vector, vector.options).make()
    const verify = () => verifier.verifySync(tokenOf(vector), callOf(vector))
    for (let time = 1; time < (vector.times ?? 1); time++) verify()
    return () => verified(verify())
  },
  options(file, vector) {
    if (vector.of === 'minter') {
      const keys = keysOf(file, vector.keys)
      return () => void new jeton.Minter(keys, document(vector.options))
    }
    const { make } = verifierOf(file, vector, vector.options)
    return () => void make()
  },
  keys(file, vector) {
    return () => {
      const keys = keysOf(file, vector.keys)
      const status = keys.status()
      return {
        keys: status.keys.length,
        skipped: status.skipped.length,
        key: status.keys[0],
        reason: status.skipped[0]?.reason,
        ...asked(vector.expect, keys),
      }
    }
  },
  mint(file, vector) {
    const keys = keysOf(file, vector.keys)
    const minter = new jeton.Minter(keys, document(vector.options))
    return () => {
      const token = minter.mintSync(document(vector.claims), { now: vector.now })
      const [header, payload] = token.split('.')
      if (vector.verifier === undefined) {
        const signed = Buffer.from(jeton.verifySignature(keys, token))
        assert.equal(signed.toString('base64url'), payload)
      } else {
        const verifier = verifierOf(file, vector, vector.verifier).make()
        verifier.verifySync(token, callOf(vector))
      }
      return {
        token,
        header: bytes(header).toString(),
        payload: bytes(payload).toString(),
        starts: `${header}.${payload}.`,
      }
    }
  },
  signature(file, vector) {
    const keys = keysOf(file, vector.keys)
    return () => ({
      payload: Buffer.from(
        jeton.verifySignature(keys, tokenOf(vector), document(vector.options)),
      ).toString(),
    })
  },
  sign(file, vector) {
    const keys = keysOf(file, vector.keys)
    return () => ({ token: jeton.signSync(keys, vector.payload, document(vector.options)) })
  },
  bearer(file, vector) {
    const verifier = vector.keys ? verifierOf(file, vector, vector.verifier).make() : null
    return () => {
      const bearer = new jeton.Bearer(verifier, document(vector.options), vector.admin)
      const { authorization, cookie } = vector
      const found = bearer.resolveSync({ authorization, cookie }, callOf(vector))
      return {
        kind: found.kind,
        text: found.credential,
        claims: found.claims?.json ?? null,
        rejection: found.rejection?.code ?? null,
      }
    }
  },
  introspect(file, vector) {
    const verifier = verifierOf(file, vector, vector.options).make()
    return () => ({ text: verifier.introspectSync(tokenOf(vector), callOf(vector)) })
  },
  inspect(file, vector) {
    // An object in JavaScript: the blanks of its text are gone.
    const { expect } = vector
    if (expect.text) expect.text = JSON.stringify(JSON.parse(expect.text))
    return () => ({ text: JSON.stringify(jeton.inspect(tokenOf(vector))) })
  },
  revoke(file, vector) {
    return () => {
      const store = new jeton.Revocations('memory:', vector.open)
      const entry = store.revokeSync(document(vector.rule), { now: vector.now })
      return { entry: JSON.stringify(entry) }
    }
  },
  import(file, vector) {
    const store = new jeton.Revocations('memory:')
    return () => {
      const count = store.importSync(document(vector.document), { now: vector.now })
      return { count, export: store.exportSync({ now: vector.now }) }
    }
  },
}

function outcome(about) {
  try {
    return { status: 'ok', ...about() }
  } catch (error) {
    if (!(error instanceof jeton.JetonError)) throw error
    assert.equal(error.code, jeton.statusName(error.number))
    return {
      status: error.code,
      message: error.message,
      claim: error.claim ?? null,
      report: error.claims === undefined ? null : JSON.stringify(error.claims),
    }
  }
}

function check(expect, came) {
  assert.equal(came.status, expect.status, came.message)
  for (const [member, wanted] of Object.entries(expect)) {
    if (member === 'message' || member === 'reason') {
      assert.ok(came[member]?.includes(wanted), `${member}: ${wanted} isn't in ${came[member]}`)
    } else if (member === 'key') {
      for (const name in wanted) assert.deepEqual(came.key[name], wanted[name], name)
    } else {
      assert.equal(came[member], wanted, member)
    }
  }
}

function inside(name) {
  return join('derived', name)
}

/** Whether this build lacks the algorithm that a vector needs. */
function isLacking(algorithm) {
  if (algorithm === undefined) return false
  try {
    jeton.Keys.generateSync({ algorithm })
    return false
  } catch (error) {
    return error.code === 'unsupported'
  }
}

const names = [...readdirSync(folder), ...readdirSync(join(folder, 'derived')).map(inside)]

for (const name of names.filter((name) => name.endsWith('.json'))) {
  const file = read(join(folder, name))
  test(`${name}: ${file.vectors.length} vectors`, () => {
    const wrong = []
    for (const vector of file.vectors) {
      if (isLacking(vector.needs)) continue
      const kind = kinds[vector.kind ?? 'verify']
      assert.ok(kind, `an unknown kind: ${vector.kind}`)
      try {
        check(vector.expect, outcome(kind(file, vector)))
      } catch (error) {
        wrong.push(`${vector.name}: ${error.message}`)
      }
    }
    assert.deepEqual(wrong, [])
    assert.ok(file.vectors.length > 0)
  })
}
