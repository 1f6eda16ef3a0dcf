'use strict'

// Has a slow fetch under way, and leaves or awaits it.

const jeton = require('../..')

const [url, ca, token, what] = process.argv.slice(2)
const source = new jeton.Source({ url, ca, private: true, stale: 60 })
const verifier = new jeton.Verifier(source.keys(), {
  issuer: 'https://issuer.test',
  audience: 'api',
})

if (what === 'await') {
  verifier.verify(token).then(({ sub }) => console.log(JSON.stringify({ sub })))
} else {
  try {
    verifier.verifySync(token)
  } catch (error) {
    process.exitCode = error.code === 'keys-unavailable' ? 0 : 1
  }
}
