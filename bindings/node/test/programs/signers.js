'use strict'

// Makes minters whose signers lead back to them, holds one, and prints how many
// of the others' signers are still there, and whether the one still mints.

const { generateKeyPairSync, sign } = require('node:crypto')
const { setImmediate: turn } = require('node:timers/promises')

const jeton = require('../..')

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const publicKeys = new jeton.Keys(publicKey.export({ type: 'spki', format: 'pem' }))

function external() {
  const signer = ({ message }) => signer.minter && sign(null, message, privateKey)
  signer.minter = jeton.Minter.external(publicKeys, signer, { lifetime: 60 })
  signer.minter.mintSync({})
  return signer
}

/** What leads to the minter's signer alone. */
const held = external().minter

async function main() {
  const signers = Array.from({ length: 100 }, () => new WeakRef(external()))
  for (let n = 0; n < 3; n++) {
    await turn() // until then each is held by having been made
    global.gc()
  }
  const left = signers.filter((signer) => signer.deref()).length
  console.log(JSON.stringify({ left, minted: held.mintSync({}).length > 0 }))
}

main()
