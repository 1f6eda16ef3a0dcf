'use strict'

// A server of key sets, believed by the certificate beside this file.

const { once } = require('node:events')
const { readFileSync } = require('node:fs')
const { createServer } = require('node:https')
const { join } = require('node:path')

const file = (name) => join(__dirname, name)

/** Serves what `body()` gives until the test ends. */
async function serve(t, body) {
  const served = { ca: file('cert.pem'), asked: 0 }
  const server = createServer(
    { key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')) },
    async (request, response) => {
      served.asked++
      response.setHeader('content-type', 'application/json')
      response.end(await body())
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  served.url = `https://localhost:${server.address().port}/jwks`
  return served
}

module.exports = { serve }
