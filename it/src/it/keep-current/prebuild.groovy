import com.sun.net.httpserver.HttpServer

// An upstream whose page lists a newer release that nobody signed.
def server = HttpServer.create(new InetSocketAddress(InetAddress.loopbackAddress, 0), 0)
server.createContext('/') { exchange ->
  byte[] page = '<a href="hello-1.0.tar.gz">1.0</a> <a href="hello-1.1.tar.gz">1.1</a>'.bytes
  exchange.sendResponseHeaders(200, page.length)
  exchange.responseBody.write(page)
  exchange.close()
}
server.start()
context.put('server', server)
new File(basedir, 'sources.yaml').text = """\
package: {name: hello, version: '1.0'}
sources:
  - file: hello-1.0.tar.gz
    sha256: ${'0' * 64}
    origins: ['http://127.0.0.1:${server.address.port}/hello-1.0.tar.gz']   # upstream
    evidence: [{pinned-only: nobody signs it}]
"""
context.put('before', new File(basedir, 'sources.yaml').text)
