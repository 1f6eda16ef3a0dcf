// One copy of everything, whether it was imported or required.
import jeton from './index.js'

export const {
  Bearer,
  Claims,
  JetonError,
  Keys,
  Minter,
  Revocations,
  Source,
  Verifier,
  abiVersion,
  authenticator,
  follow,
  inspect,
  middleware,
  sign,
  signSync,
  statusName,
  verifySignature,
  version,
} = jeton
