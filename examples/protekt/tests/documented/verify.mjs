// The two ways to verify that the documentation shows, as it shows them but for the
// host and the project: a line of JSON for each token that is read.
//
//     node verify.mjs URL PROJECT API-KEY

import { createInterface } from 'node:readline'

import { createRemoteJWKSet, jwtVerify } from 'jose';

import { Protekt } from '../../client/protekt.mjs'

const [url, project, apiKey] = process.argv.slice(2)
const protekt = new Protekt({ url, apiKey })

const JWKS = createRemoteJWKSet(
new URL(`${url}/.well-known/jwks.json`)
);

async function verifyToken(token) {
const { payload } = await jwtVerify(token, JWKS, {
issuer: 'https://auth.protekt.io',
audience: project,
});
return payload;
}

async function sdk(token) {
const { user, error } = await protekt.auth.verifyToken(token);

if (error) {
// Token is invalid, expired, or revoked
return { user, error: error.code };
}

return { id: user.id, email: user.email, error };
}

for await (const token of createInterface({ input: process.stdin })) {
  const local = await verifyToken(token).then(
    (payload) => ({ sub: payload.sub }),
    (error) => ({ error: error.code }),
  )
  console.log(JSON.stringify({ sdk: await sdk(token), local }))
}
