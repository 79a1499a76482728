// Runs what is posted to it, in the language that the path names.
const { execSync } = require('child_process')
const fs = require('fs')
const http = require('http')
const os = require('os')
const path = require('path')
const languages = require('./languages.json')

http.createServer((request, response) => {
  const language = languages[request.url.slice(1)]
  if (!language) return response.end('which language?')
  let source = ''
  request.on('data', (part) => { source += part })
  request.on('end', () => {
    const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'judge-'))
    fs.writeFileSync(path.join(cwd, language.file), source)
    try {
      if (language.compile) execSync(language.compile, { cwd })
      response.end(execSync(language.run, { cwd }))
    } catch (error) {
      response.writeHead(500)
      response.end(String(error))
    }
  })
}).listen(3000)
